"""From words to meaning: one spoken utterance in, one Meaning out."""
