"""Every reason to speak up by itself, one file each."""
