"""One line a request, in text or JSON, with nothing private in it."""

import json
import logging
from typing import Any

import pytest

from crmlite import logs


def ask(caplog: pytest.LogCaptureFixture, path: str = "/leads") -> logging.LogRecord:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        environ[logs.USER] = 4
        return [b"abc", b"de"]

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "q=secret"}
    with caplog.at_level(logging.INFO, "crmlite.requests"):
        answer = logs.with_requests(application)(environ, lambda *_: None)
        assert b"".join(answer) == b"abcde"
        answer.close()
    return caplog.records[-1]


def test_a_request_leaves_one_line_of_text(caplog: pytest.LogCaptureFixture) -> None:
    line = logs.TextLine().format(ask(caplog))
    assert "GET /leads 200" in line
    assert line.endswith("5 B user 4")
    assert "secret" not in line


def test_a_request_leaves_one_line_of_json(caplog: pytest.LogCaptureFixture) -> None:
    facts = json.loads(logs.JsonLine().format(ask(caplog)))
    assert {k: facts[k] for k in ("method", "path", "status", "bytes", "user")} == {
        "method": "GET", "path": "/leads", "status": 200, "bytes": 5, "user": 4,
    }  # fmt: skip


def test_a_path_cannot_forge_a_second_line(caplog: pytest.LogCaptureFixture) -> None:
    assert "\n" not in logs.TextLine().format(ask(caplog, "/x\nINFO forged"))


def test_an_error_keeps_its_trace_in_json() -> None:
    try:
        raise ValueError("broken")
    except ValueError as problem:
        trace = (type(problem), problem, None)
        record = logging.LogRecord("crmlite", logging.ERROR, "", 0, "It broke", (), trace)
    line = json.loads(logs.JsonLine().format(record))
    assert line["message"] == "It broke"
    assert "ValueError: broken" in line["trace"]
