"""A year with Fondly, by a clock: `python -m tests.assistant.year` prints what was said in it."""
