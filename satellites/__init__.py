"""The devices that listen and speak. They know sound (speech.audio) and nothing of what is said."""
