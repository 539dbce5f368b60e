"""People and what is known of them: records, an encrypted database, vectors, recall. Knows no sound, no devices."""
