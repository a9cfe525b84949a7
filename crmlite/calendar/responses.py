"""The responses of a multistatus, for what lies in one collection: events or cards alike."""

import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from radicale import pathutils

from crmlite.calendar import xml


class Responses:
    """`properties` are those that are asked for, by full name; `known` reads each that there is from a row."""

    def __init__(self, folder: str, properties: tuple[str, ...], known: Mapping[str, Callable[..., str]]) -> None:
        self._base = quote(f"{folder}/")
        self._known = [(*xml.opened(name), known[name]) for name in properties if name in known]
        missing = [xml.empty(name) for name in properties if name not in known]
        self._missing = xml.propstat("404 Not Found", missing) if missing else ""

    def one(self, row: Any) -> str:
        parts = []
        for opening, closing, read in self._known:
            value = read(self, row)
            parts.append(f"{opening}>{value}{closing}" if value else f"{opening}/>")
        found = xml.propstat("200 OK", parts) if parts else ""
        if not found and not self._missing:
            found = "<D:status>HTTP/1.1 200 OK</D:status>"
        return f"<D:response><D:href>{self.href(row.href)}</D:href>{found}{self._missing}</D:response>"

    def gone(self, name: str) -> str:
        return gone(self.href(name))

    def href(self, name: str) -> str:
        return self._base + quote(name)


class Named(NamedTuple):
    """What a multiget asks for, once each: names in the collection, and addresses that lead elsewhere."""

    names: list[str]
    strange: list[str]


def named(root: ET.Element, folder: str) -> Named:
    names: dict[str, None] = {}
    strange: dict[str, None] = {}
    for element in root.findall(xml.name("D:href")):
        said = unquote(urlsplit((element.text or "").strip()).path)
        where, name = posixpath.split(pathutils.sanitize_path(said))
        if where == folder and name:
            names[name] = None
        else:
            strange[said] = None
    return Named(list(names), list(strange))


def gone(href: str) -> str:
    """`href` quoted."""
    status = "<D:status>HTTP/1.1 404 Not Found</D:status>"
    return f"<D:response><D:href>{xml.text(href)}</D:href>{status}</D:response>"
