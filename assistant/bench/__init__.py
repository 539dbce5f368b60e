"""Measurements of what Fondly understands, to be run by hand: ``fondly bench``."""
