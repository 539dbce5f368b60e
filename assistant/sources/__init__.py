"""Calendars, address books and feeds: asked politely, and never written to."""
