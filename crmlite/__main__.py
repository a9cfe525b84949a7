"""`python -m crmlite` is `crmlite`."""

from crmlite.cli import main

main()
