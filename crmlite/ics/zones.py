"""Which zone a TZID means, and private zone names made harmless for libraries with one table per process."""

import hashlib
from datetime import tzinfo
from functools import lru_cache

from crmlite import clock
from crmlite.ics import lines, spelling, timezones
from crmlite.ics.lines import Component, Line
from crmlite.ics.windows import WINDOWS_ZONES

MAX_PRIVATE = 20


class Zones:
    """The zones of one calendar text. Well-known names mean what the zone database says, whatever the text
    claims; a name that nothing explains means the owner's zone."""

    def __init__(self, calendar: Component, owner: str) -> None:
        self.owner_name = owner
        self.owner = clock.find(owner)
        self._written = {
            zone.value("TZID").strip(): zone for zone in calendar.children if zone.name == "VTIMEZONE"
        }
        self._found: dict[str, tuple[tzinfo | None, str]] = {}

    def find(self, tzid: str) -> tzinfo:
        return self._look_up(tzid)[0] or self.owner

    def name(self, tzid: str) -> str:
        """The IANA name, "" for a private or unknown zone."""
        return self._look_up(tzid)[1]

    def usable(self, tzid: str) -> bool:
        return self._look_up(tzid)[0] is not None

    def written(self, tzid: str) -> bool:
        return tzid in self._written

    def _look_up(self, tzid: str) -> tuple[tzinfo | None, str]:
        if tzid not in self._found:
            written = self._written.get(tzid.strip())
            name = _known_name(tzid, written)
            if name:
                self._found[tzid] = clock.find(name), name
            elif written and len(self._found) < MAX_PRIVATE:
                self._found[tzid] = timezones.read(written.write()), ""
            else:
                self._found[tzid] = None, ""
        return self._found[tzid]


def harmless(text: str) -> str:
    """The same calendar with well-known zone names in their plain spelling and without their VTIMEZONE, each
    private one named after a hash of its rules, and names that nothing explains taken away."""
    calendar = lines.parse(text)
    eol = spelling.line_end(text)
    names: dict[str, str] = {}
    for zone in [child for child in calendar.children if child.name == "VTIMEZONE"]:
        tzid = zone.value("TZID").strip()
        name = _known_name(tzid, zone)
        names[tzid] = name or "private-" + hashlib.sha256(zone.write().encode()).hexdigest()[:24]
        if name:
            calendar.items.remove(zone)
        else:
            zone.put(Line.made("TZID", names[tzid], eol=eol))
    for child in calendar.children:
        if child.name != "VTIMEZONE":
            _rename(child, names, eol)
    return calendar.write()


def _rename(component: Component, names: dict[str, str], eol: str) -> None:
    for place, item in enumerate(component.items):
        if isinstance(item, Component):
            _rename(item, names, eol)
        elif tzid := item.param("TZID").strip():
            name = names.get(tzid) or _iana_name(tzid)
            if not name:
                component.items[place] = item.rewritten(item.value, eol, drop=("TZID",))
            elif name != tzid:
                component.items[place] = item.rewritten(item.value, eol, {"TZID": name})


def _known_name(tzid: str, written: Component | None) -> str:
    return _iana_name(tzid) or (_iana_name(written.value("X-LIC-LOCATION")) if written else "")


@lru_cache(maxsize=1024)
def _iana_name(tzid: str) -> str:
    """Windows names are mapped; of "/mozilla.org/20050126_1/Europe/Berlin" the end counts."""
    tzid = tzid.strip()
    if not tzid or len(tzid) > 200:
        return ""
    pieces = tzid.split("/")
    tails = ["/".join(pieces[-size:]) for size in (2, 3) if tzid.startswith("/") and len(pieces) > size]
    for name in (WINDOWS_ZONES.get(tzid, ""), tzid, *tails):
        if name and not name.startswith("/") and _exists(name):
            return name
    return ""


def _exists(name: str) -> bool:
    try:
        clock.find(name)
    except ValueError:
        return False
    return True
