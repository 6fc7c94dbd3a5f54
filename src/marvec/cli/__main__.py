"""`python -m marvec.cli` is `marvec`."""

from marvec.cli import main

main()
