"""Sound and words: wake words, voice activity, endpoints, transcription, a voice. No memory, no people."""
