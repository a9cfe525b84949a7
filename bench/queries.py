"""How many queries each page asks, counted inside the program; prints one JSON object: address -> number."""

import json
import sys
from typing import Any

from crmlite import app, settings
from crmlite.models.base import database
from crmlite.rules import users


def main(email: str, *paths: str) -> None:
    configured = settings.load()
    app.open_database(configured)
    web = app.create(configured)
    client = web.test_client()
    with database.connection_context():
        user = users.by_email(email)
        assert user, email
        mark = f"{user.id}:{user.session_key}"
    with client.session_transaction() as session:
        session.update({"_user_id": mark, "_fresh": True})
    counts = {}
    for path in paths:
        assert client.get(path).status_code == 200, path  # the first visit fills caches
        counts[path] = _queries(client, path)
    print(json.dumps(counts))


def _queries(client: Any, path: str) -> int:
    seen: list[object] = []
    database.obj.query_hooks.append(seen.append)
    client.get(path)
    database.obj.query_hooks.remove(seen.append)
    return len(seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
