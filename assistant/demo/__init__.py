"""The main job on four recordings: a note, a question, a good morning and a "scratch that"."""
