"""Which zone a TZID means."""

from datetime import tzinfo
from functools import lru_cache

from crmlite import clock
from crmlite.ics import timezones
from crmlite.ics.lines import Component
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
