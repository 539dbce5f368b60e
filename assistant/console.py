"""Where the command line prints: what was asked for, and complaints."""

from __future__ import annotations

from rich.console import Console

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)
