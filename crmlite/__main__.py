"""Where the command begins: `crmlite`, or `python -m crmlite`."""

import os
import sys

from crmlite.settings import wants_postgresql

if not wants_postgresql(os.environ):
    # peewee loads the driver of PostgreSQL wherever there is one: 11 MB and 0.1 s that SQLite has no use for.
    sys.modules["psycopg"] = None  # type: ignore[assignment]

from crmlite.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
