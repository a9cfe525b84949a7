"""A calendar file as programs export it, taken apart into texts that each hold one event or task."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from crmlite.ics import lines
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import KINDS
from crmlite.ics.refusal import Refusal

LARGEST = 16 * 1024 * 1024


class Parcel(NamedTuple):
    """One event or task of a file with its exceptions and the zones that it names."""

    component: str
    uid: str
    title: str
    text: str


def split(text: str) -> list[Parcel]:
    """In the order of the file; what belongs to one UID (RFC 5545 section 3.8.4.7) stays together, and what has none
    is given one by its content, so that the same file brings the same events again. Invitations and publications
    (METHOD) are read as what they hold. Raises Refusal."""
    whole = lines.parse(text, LARGEST)
    zones = {zone.value("TZID"): zone for zone in whole.children if zone.name == "VTIMEZONE"}
    found: dict[tuple[str, str], list[Component]] = {}
    for part in whole.children:
        if part.name in KINDS:
            found.setdefault((part.name, _uid(part)), []).append(part)
    if not found:
        raise Refusal("There is no event and no task in this file.")
    return [Parcel(kind, uid, parts[0].value("SUMMARY"), _alone(parts, zones)) for (kind, uid), parts in found.items()]


def _uid(part: Component) -> str:
    uid = part.value("UID").strip()
    if not uid:
        uid = hashlib.sha256(part.write().encode()).hexdigest()[:40]
        part.drop("UID")
        part.add(Line.made("UID", uid))
    return uid


def _alone(parts: list[Component], zones: dict[str, Component]) -> str:
    calendar = Component("VCALENDAR", Line("BEGIN:VCALENDAR\r\n"), Line("END:VCALENDAR\r\n"))
    calendar.items += [Line.made("VERSION", "2.0"), Line.made("PRODID", "-//crmlite//crmlite//EN")]
    named = {name for part in parts for name in _zones(part)}
    calendar.items += [zone for name, zone in zones.items() if name in named]
    calendar.items += parts
    return calendar.write()


def _zones(part: Component) -> Iterator[str]:
    for item in part.items:
        if isinstance(item, Component):
            yield from _zones(item)
        elif "TZID" in item.text and (name := item.param("TZID")):
            yield name
