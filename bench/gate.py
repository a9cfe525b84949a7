"""The floor of a move: the same web server, and one write through crmlite's gate, with its right, its judgement, its
version and its journal. No routing, no sign-in, no neighbours, no sums, no template."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from waitress.server import create_server

from bench.floor import packed
from crmlite import app, settings
from crmlite.models.base import database
from crmlite.models.opportunities import Opportunity
from crmlite.rules import access, gate, users


def main(email: str, menu: str) -> None:
    dishes = {
        path: {**dish, "body": Path(dish["body"]).read_bytes()}
        for path, dish in json.loads(Path(menu).read_text()).items()
    }
    app.open_database(settings.load())
    turns = dict.fromkeys(dishes, 0)
    with database.connection_context():
        person = users.by_email(email)
        assert person, email
        by = access.actor(person.id, "web")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"]
        dish = dishes[path]
        turns[path] += 1
        record, stages = dish["gate"]
        database.connect(reuse_if_open=True)
        values = {"stage": stages[turns[path] % len(stages)]}
        gate.change(access.find(Opportunity, record, by), values, by, verb="moved")
        return packed(dish, start_response)

    server = create_server(application, host="127.0.0.1", port=0, threads=4)
    print(f"the gate is ready on http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
