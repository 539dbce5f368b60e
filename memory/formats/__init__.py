"""What other programs write: calendars, address books, feeds."""
