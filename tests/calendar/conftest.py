"""Devices of the people of the tests, talking CalDAV to the real server."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import requests

from crmlite.models.calendars import Calendar
from crmlite.rules import calendars, devices
from crmlite.rules.access import actor
from tests import people
from tests.servers import Server, client_of, running, server

__all__ = ["client_of", "running", "server"]

SPACES = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav" '
    'xmlns:CS="http://calendarserver.org/ns/" '
    'xmlns:I="http://apple.com/ns/ical/" xmlns:X="urn:example:x"'
)
NAMES = {
    "D": "DAV:",
    "C": "urn:ietf:params:xml:ns:caldav",
    "CR": "urn:ietf:params:xml:ns:carddav",
    "CS": "http://calendarserver.org/ns/",
    "I": "http://apple.com/ns/ical/",
}


class Device(requests.Session):
    """One phone. Paths are below the home of its owner unless they begin with a slash."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__()
        self.server = server
        person = people.user(name)
        self.me = actor(person.id, "web")
        self.slug = person.slug
        self.device, self.password = devices.add_device(person, f"{name}’s phone", self.me)
        self.auth = (people.email(name), self.password)

    def request(self, method: str, url: str, **options: object) -> requests.Response:  # type: ignore[override]
        path = url if url.startswith("/") else f"/dav/{self.slug}/{url}"
        options.setdefault("timeout", 20)
        options["allow_redirects"] = False
        return super().request(method, self.server.url + path, **options)  # type: ignore[arg-type]

    def calendar(self, kind: str = "events") -> Calendar:
        return calendars.personal(self.me.id or 0, kind)

    def store(self, path: str, text: str, **headers: str) -> requests.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.put(path, data=text.encode(), headers={"Content-Type": "text/calendar; charset=utf-8", **given})

    def ask(self, path: str, *props: str, depth: str = "0") -> "Answer":
        wanted = "".join(f"<{prop}/>" for prop in props)
        body = f"<D:propfind {SPACES}><D:prop>{wanted}</D:prop></D:propfind>"
        return Answer(self.request("PROPFIND", path, data=body, headers={"Depth": depth}))

    def report(self, path: str, body: str) -> "Answer":
        return Answer(self.request("REPORT", path, data=body.encode(), headers={"Depth": "1"}))

    def query(self, path: str, inside: str, props: str = "<D:getetag/><C:calendar-data/>") -> "Answer":
        """`inside`: what stands in the comp-filter of VCALENDAR."""
        wanted = f'<C:filter><C:comp-filter name="VCALENDAR">{inside}</C:comp-filter></C:filter>'
        return self.report(path, f"<C:calendar-query {SPACES}><D:prop>{props}</D:prop>{wanted}</C:calendar-query>")

    def changes(self, path: str, token: str = "", props: str = "<D:getetag/>") -> "Answer":
        inside = f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level><D:prop>{props}</D:prop>"
        return self.report(path, f"<D:sync-collection {SPACES}>{inside}</D:sync-collection>")


@dataclass
class Found:
    """One response of a multistatus: properties that are there, names of those that are not."""

    href: str
    status: str
    props: dict[str, ET.Element]
    missing: set[str]

    def text(self, name: str) -> str:
        return self.props[long(name)].text or ""


class Answer:
    def __init__(self, response: requests.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.root = ET.fromstring(response.content) if "xml" in response.headers.get("Content-Type", "") else None

    @property
    def found(self) -> list[Found]:
        assert self.status == 207, self.response.text
        assert self.root is not None
        return [_found(element) for element in self.root.findall(long("D:response"))]

    @property
    def names(self) -> list[str]:
        """The last part of each address that is there."""
        return [one.href.rstrip("/").rsplit("/", 1)[1] for one in self.found if "404" not in one.status]

    @property
    def gone(self) -> list[str]:
        return [one.href.rsplit("/", 1)[1] for one in self.found if "404" in one.status]

    @property
    def token(self) -> str:
        assert self.root is not None
        return self.root.findtext(long("D:sync-token")) or ""

    @property
    def condition(self) -> str:
        """The first child of the error, as "C:name"."""
        assert self.root is not None
        space, _, local = self.root[0].tag[1:].partition("}")
        return f"{next(prefix for prefix, uri in NAMES.items() if uri == space)}:{local}"


def long(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}" if prefix in NAMES else name


def _found(element: ET.Element) -> Found:
    props: dict[str, ET.Element] = {}
    missing: set[str] = set()
    for stat in element.findall(long("D:propstat")):
        inside = stat.find(long("D:prop"))
        children = [] if inside is None else list(inside)
        if "200" in (stat.findtext(long("D:status")) or ""):
            props |= {child.tag: child for child in children}
        else:
            missing |= {child.tag for child in children}
    return Found(element.findtext(long("D:href")) or "", element.findtext(long("D:status")) or "", props, missing)


@pytest.fixture
def dav_of(server: Server) -> Iterator[Callable[[str], Device]]:
    """`dav_of("alice")` is a phone of Alice with a password of its own."""
    with ExitStack() as devices_in_use:
        yield lambda name: devices_in_use.enter_context(Device(server, name))


@pytest.fixture
def phone(dav_of: Callable[[str], Device]) -> Device:
    """Alice’s."""
    return dav_of("alice")


def meeting(uid: str = "m-1", start: str = "20261123T100000", *more: str, summary: str = "Visit") -> str:
    lines = [
        f"UID:{uid}",
        "DTSTAMP:20261101T080000Z",
        f"SUMMARY:{summary}",
        f"DTSTART;TZID=Europe/Paris:{start}",
        "DURATION:PT1H",
    ]
    return wrapped("VEVENT", *lines, *more)


def todo(uid: str = "t-1", *more: str) -> str:
    return wrapped("VTODO", f"UID:{uid}", "DTSTAMP:20261101T080000Z", "SUMMARY:Call back", *more)


def wrapped(component: str, *lines: str) -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    return "\r\n".join([*head, f"BEGIN:{component}", *lines, f"END:{component}", "END:VCALENDAR", ""])
