"""What can be asked: one file per intent, all of them in the table of ``assistant.intents.table``."""
