"""The program: settings, the turn, understanding, intents, wording, command line and web page."""
