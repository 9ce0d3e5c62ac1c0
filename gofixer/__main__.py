"""`python -m gofixer`."""

from gofixer.cli.main import main

main()
