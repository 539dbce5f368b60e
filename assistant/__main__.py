"""`python -m assistant` is `fondly`."""

from assistant.cli import main

main()
