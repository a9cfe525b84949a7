"""The floor: a bare WSGI function under the same server as crmlite. For each path of its menu it runs one
indexed query (or one UPDATE in a transaction), fetches the rows, and writes the bytes that crmlite wrote,
compressed the same way. No routing, no sign-in, no permission, no template."""

import gzip
import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from waitress.server import create_server

_of_thread = threading.local()


def main(database: str, menu: str) -> None:
    dishes = {
        path: {**dish, "body": Path(dish["body"]).read_bytes()}
        for path, dish in json.loads(Path(menu).read_text()).items()
    }

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        dish = dishes[environ["PATH_INFO"]]
        db = _connection(database)
        if dish["writes"]:
            db.execute("BEGIN IMMEDIATE")
            db.execute(dish["sql"], dish["values"])
            db.execute("COMMIT")
        else:
            db.execute(dish["sql"], dish["values"]).fetchall()
        return packed(dish, start_response)

    server = create_server(application, host="127.0.0.1", port=0, threads=4)
    print(f"the floor is ready on http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


def packed(dish: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The bytes that crmlite wrote, compressed as it compresses them."""
    body, headers = dish["body"], [("Content-Type", dish["type"])]
    if dish["level"]:
        body = gzip.compress(body, dish["level"], mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response(dish["status"], headers)
    return [body]


def _connection(database: str) -> sqlite3.Connection:
    """One for each thread, kept open: the least that a server could do."""
    if not hasattr(_of_thread, "db"):
        db = _of_thread.db = sqlite3.connect(database, isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=1", "busy_timeout=10000", "cache_size=-16000"):
            db.execute(f"PRAGMA {pragma}")
    return _of_thread.db


if __name__ == "__main__":
    main(*sys.argv[1:])
