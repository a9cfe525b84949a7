"""Forwarding headers: believed from the proxies we were told of, dropped from everybody else."""

from typing import Any

import pytest

from crmlite.proxies import behind


def seen(count: int, **headers: str) -> dict[str, Any]:
    """What the application sees of a request that came with these headers."""
    reached: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        reached.update(environ)
        return []

    asked = {"REMOTE_ADDR": "10.0.0.9", "wsgi.url_scheme": "http", "HTTP_HOST": "inside:8000"}
    behind(application, count)(asked | {f"HTTP_{k}": v for k, v in headers.items()}, lambda *_: None)
    return reached


def test_without_proxies_no_forwarding_header_reaches_the_house() -> None:
    reached = seen(
        0, X_FORWARDED_FOR="1.1.1.1", X_FORWARDED_PROTO="https", X_FORWARDED_HOST="x", FORWARDED="y"
    )
    assert (reached["REMOTE_ADDR"], reached["HTTP_HOST"]) == ("10.0.0.9", "inside:8000")
    assert reached["wsgi.url_scheme"] == "http"
    assert not [name for name in reached if "FORWARDED" in name]


def test_behind_one_proxy_only_what_it_added_is_believed() -> None:
    reached = seen(
        1, X_FORWARDED_FOR="6.6.6.6, 2.2.2.2", X_FORWARDED_PROTO="https", X_FORWARDED_HOST="crm.org"
    )
    assert reached["REMOTE_ADDR"] == "2.2.2.2"
    assert (reached["wsgi.url_scheme"], reached["HTTP_HOST"]) == ("https", "crm.org")


def test_behind_two_proxies_the_outer_one_tells_the_address() -> None:
    assert seen(2, X_FORWARDED_FOR="6.6.6.6, 2.2.2.2, 10.0.0.1")["REMOTE_ADDR"] == "2.2.2.2"


@pytest.mark.parametrize("nonsense", ["", "unknown", "<script>", "1.2.3.4.5"])
def test_nonsense_in_the_headers_changes_nothing(nonsense: str) -> None:
    reached = seen(1, X_FORWARDED_FOR=nonsense, X_FORWARDED_PROTO=nonsense)
    assert (reached["REMOTE_ADDR"], reached["wsgi.url_scheme"]) == ("10.0.0.9", "http")
