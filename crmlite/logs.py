"""What the process says on standard error, as text or JSON: one line a request, and whatever goes wrong."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from crmlite.settings import Settings

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
USER = "crmlite.user_id"  # the doors write who asks into the WSGI environment under this name

requests = logging.getLogger("crmlite.requests")


def configure(settings: Settings) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine() if settings.log_format == "json" else TextLine())
    # No line of ours names them, so they need not be found out for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for chatty in ("radicale", "peewee"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def with_requests(wsgi: Wsgi) -> Wsgi:
    """Have each answer leave a line, without the query string (it may be private)."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = Answer(environ, start_response)
        answer.body = wsgi(environ, answer.start)
        return answer

    return application


class Answer:
    """The body on its way out, counted; the line is written when the server closes it."""

    body: Iterable[bytes] = ()

    def __init__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> None:
        self.environ = environ
        self.start_response = start_response
        self.status = 0
        self.sent = 0
        self.began = time.perf_counter()
        # Radicale rewrites both on its way, and what was asked is what counts.
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        self.asked = (environ["REQUEST_METHOD"], quote(path.encode("latin-1", "replace")))

    def start(self, status: str, headers: list[tuple[str, str]], *problem: Any) -> Callable[[bytes], Any]:
        self.status = int(status[:3])
        return self.start_response(status, headers, *problem)

    def __iter__(self) -> Iterator[bytes]:
        for part in self.body:
            self.sent += len(part)
            yield part

    def close(self) -> None:
        if hasattr(self.body, "close"):
            self.body.close()
        method, path = self.asked
        spent = round((time.perf_counter() - self.began) * 1000, 1)
        user = self.environ.get(USER)
        line = (method, path, self.status, spent, self.sent, user or "-")
        facts = dict(zip(("method", "path", "status", "ms", "bytes", "user"), line, strict=True))
        requests.info("%s %s %d %.1f ms %d B user %s", *line, extra={"facts": facts})


class TextLine(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname, "logger": record.name}
        line |= getattr(record, "facts", None) or {"message": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
