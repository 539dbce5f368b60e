"""Sound and words: wake words, voice activity, endpoints, transcription and a voice. Knows no memory, no people."""
