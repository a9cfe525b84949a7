"""Whom to believe about who is asking: the headers that reverse proxies add, and that anybody could forge."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from crmlite.logs import Wsgi

FORGEABLE = ("HTTP_FORWARDED", "HTTP_X_REAL_IP") + tuple(
    f"HTTP_X_FORWARDED_{what}" for what in ("FOR", "PROTO", "HOST", "PORT", "PREFIX", "SSL")
)


def behind(wsgi: Wsgi, count: int) -> Wsgi:
    """Take address, scheme and host from the headers that the nearest `count` proxies set, and drop all such
    headers, so that nothing further in can be misled by them."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = {name: environ.pop(name, "") for name in FORGEABLE}
        if count:
            _believe(environ, said, count)
        return wsgi(environ, start_response)

    return application


def _believe(environ: dict[str, Any], said: dict[str, str], count: int) -> None:
    addresses = _parts(said["HTTP_X_FORWARDED_FOR"])
    if len(addresses) >= count and _is_address(addresses[-count]):
        environ["REMOTE_ADDR"] = addresses[-count]
    schemes = _parts(said["HTTP_X_FORWARDED_PROTO"])
    # An inner proxy may overwrite these instead of adding to them.
    if schemes and schemes[-min(count, len(schemes))] in ("http", "https"):
        environ["wsgi.url_scheme"] = schemes[-min(count, len(schemes))]
    hosts = _parts(said["HTTP_X_FORWARDED_HOST"])
    if hosts:
        environ["HTTP_HOST"] = hosts[-min(count, len(hosts))]


def _parts(header: str) -> list[str]:
    return [part.strip() for part in header.split(",") if part.strip()]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
