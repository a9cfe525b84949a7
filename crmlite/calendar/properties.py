"""PROPPATCH: names, colours, order and whatever else clients keep at a calendar; all of it or nothing."""

import json
import xml.etree.ElementTree as ET
from typing import Any, NamedTuple
from urllib.parse import quote

from radicale import httputils
from radicale.app.base import Access, ApplicationBase
from radicale.types import WSGIResponse
from radicale.xmlutils import make_human_tag

from crmlite.calendar import visit, xml
from crmlite.calendar.collection import OUR_PROPERTIES, TRANSPARENCY, Collection, Folder
from crmlite.calendar.storage import known_values
from crmlite.errors import Refused
from crmlite.rules import calendars

PROTECTED = {
    f"{{{xml.NAMESPACES[prefix]}}}{name}"
    for prefix, names in {
        "D": "resourcetype getetag getcontenttype getcontentlength getlastmodified creationdate owner group "
        "sync-token current-user-principal current-user-privilege-set principal-URL principal-collection-set "
        "supported-report-set supported-privilege-set acl lockdiscovery supportedlock quota-available-bytes "
        "quota-used-bytes",
        "C": "supported-calendar-component-set supported-calendar-data supported-collation-set "
        "max-resource-size calendar-home-set calendar-user-address-set max-instances min-date-time "
        "max-date-time max-attendees-per-instance",
        "CS": "getctag",
    }.items()
    for name in names.split()
}
LONGEST, MOST = 10_000, 50


class Wish(NamedTuple):
    """`text` None removes the property."""

    name: str
    text: str | None


class Properties(ApplicationBase):
    def do_PROPPATCH(  # noqa: N802 - Radicale's name
        self,
        environ: dict[str, Any],
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set,
        request_info: dict,
    ) -> WSGIResponse:
        home = path.strip("/") == user
        if not home and not Access(self._rights, user, user_groups, path).check("w"):
            return httputils.NOT_ALLOWED
        try:
            root = xml.read(visit.current.get().body)
        except xml.BadXml as problem:
            return httputils.bad_request(str(problem))
        if root is None or root.tag != xml.name("D:propertyupdate"):
            return httputils.bad_request("A PROPPATCH needs a propertyupdate.")
        with self._storage.acquire_lock("w", user, path=path):
            there = next(iter(self._storage.discover(path)), None)
            if there is None:
                return httputils.NOT_FOUND
            if isinstance(there, Folder):
                return _answer(quote(f"{base_prefix}/{there.path}/"), None, _wishes(root))
            if not isinstance(there, Collection) or not there.place.writable:
                return httputils.NOT_ALLOWED
            return _answer(quote(f"{base_prefix}/{there.path}/"), there, _wishes(root))


def _answer(href: str, collection: Collection | None, wishes: list[Wish]) -> WSGIResponse:
    """A home (None) takes no property: clients of Apple offer it default alarms and go on when each is refused."""
    refused = {wish.name for wish in wishes if collection is None or not _allowed(wish)}
    if collection is not None and not refused:
        try:
            _write(collection, wishes)
        except Refused:
            refused = {wish.name for wish in wishes}
    outcomes: dict[str, list[str]] = {}
    for name in dict.fromkeys(wish.name for wish in wishes):
        status = "200 OK" if not refused else "403 Forbidden" if name in refused else "424 Failed Dependency"
        outcomes.setdefault(status, []).append(xml.empty(name))
    parts = [f"<D:response><D:href>{xml.text(href)}</D:href>"]
    for status, names in outcomes.items():
        why = "<D:error><D:cannot-modify-protected-property/></D:error>" if status.startswith("403") else ""
        parts.append(xml.propstat(status, names, why))
    return xml.multistatus([*parts, "</D:response>"])


def _allowed(wish: Wish) -> bool:
    if wish.name == xml.name(TRANSPARENCY):
        return wish.text in ("opaque", None)
    return wish.name not in PROTECTED and len(wish.name) <= 200 and len(wish.text or "") <= LONGEST


def _write(collection: Collection, wishes: list[Wish]) -> None:
    """Raises Refused."""
    said = {make_human_tag(wish.name): wish.text for wish in wishes}
    said.pop(TRANSPARENCY, None)
    known = {name: said.pop(name) or "" for name in OUR_PROPERTIES if name in said}
    values = known_values({name: text for name, text in known.items() if text or name != "ICAL:calendar-order"})
    if said:
        extra = {**calendars.extra_of(collection.calendar), **said}
        kept = {name: text for name, text in extra.items() if text is not None}
        if len(kept) > MOST:
            raise Refused("This calendar holds too many properties already.")
        values["extra"] = json.dumps(kept) if kept else ""
    calendars.change(collection.calendar, values, collection.here.actor)


def _wishes(root: ET.Element) -> list[Wish]:
    """In the order of the document, as RFC 4918 section 9.2 asks."""
    wishes = []
    for step in root:
        for prop in step.findall(xml.name("D:prop")):
            for element in prop:
                if step.tag == xml.name("D:set"):
                    chosen = element.find("*") if element.tag == xml.name(TRANSPARENCY) else None
                    text = "".join(element.itertext()) if chosen is None else chosen.tag.rpartition("}")[2]
                    wishes.append(Wish(element.tag, text))
                elif step.tag == xml.name("D:remove"):
                    wishes.append(Wish(element.tag, None))
    return wishes
