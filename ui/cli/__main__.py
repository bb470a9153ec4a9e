"""Run the command line as `python -m ui.cli`."""

from ui.cli import main

main()
