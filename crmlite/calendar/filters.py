"""The filter of a calendar-query (RFC 4791 section 9.7): what the database answers, and what the text
must."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime

from crmlite.calendar.xml import name
from crmlite.errors import Invalid
from crmlite.ics import lines, shown, values
from crmlite.ics.lines import Component, Line
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import unescaped

COMPONENTS = ("VEVENT", "VTODO")
COLLATIONS = ("", "i;ascii-casemap", "i;octet", "i;unicode-casemap")


class BadFilter(Invalid):
    """`condition` is the CalDAV precondition that the filter breaks."""

    def __init__(self, message: str, condition: str = "valid-filter") -> None:
        self.condition = condition
        super().__init__(message)


@dataclass(frozen=True)
class Range:
    """None is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """`component` "" is all, "-" is none. `rest` holds the filter where the text has a say."""

    component: str
    within: Range
    rest: ET.Element | None


def read(root: ET.Element) -> Wanted:
    """Raises BadFilter."""
    found = root.findall(name("C:filter"))
    if len(found) != 1 or len(found[0]) != 1 or found[0][0].tag != name("C:comp-filter"):
        raise BadFilter("A calendar-query has one filter with one comp-filter.")
    top = found[0][0]
    _check(top)
    if top.get("name", "").upper() != "VCALENDAR":
        return Wanted("-", Range(), None)
    inner = [child for child in top if child.tag == name("C:comp-filter")]
    named = [child for child in inner if child.find(name("C:is-not-defined")) is None]
    wanted = [child.get("name", "").upper() for child in named]
    component = wanted[0] if len(set(wanted)) == 1 and wanted[0] in COMPONENTS else ""
    spans = [span for child in named if (span := child.find(name("C:time-range"))) is not None]
    within = span_of(spans[0]) if component and spans else Range()
    simple = len(top) == len(inner) <= 1 and (not inner or (component and len(inner[0]) == len(spans)))
    return Wanted(component, within, None if simple else top)


def span_of(element: ET.Element) -> Range:
    """The time-range of a filter or the expand of a calendar-data. Raises BadFilter."""
    start, end = _moment(element.get("start")), _moment(element.get("end"))
    if (start is None and end is None) or (start and end and end <= start):
        raise BadFilter("A time range needs a start before its end.")
    return Range(start, end)


def matches(text: str, top: ET.Element, zone: str) -> bool:
    """Whether the text meets the filter; time ranges of events and tasks have been answered before."""
    calendar = lines.parse(text)
    return all(_met(child, calendar, text, zone) for child in top)


def undated_task_stands(text: str, within: Range) -> bool:
    """RFC 4791 section 9.9, the lower half of its table for tasks: COMPLETED and CREATED decide, or
    nothing does."""
    task = next((child for child in lines.parse(text).children if child.name == "VTODO"), None)
    if task is None or task.first("DTSTART") or task.first("DUE"):
        return False
    completed, created = _stamp(task.first("COMPLETED")), _stamp(task.first("CREATED"))
    low, high = (
        within.start or datetime.min.replace(tzinfo=UTC),
        within.end or datetime.max.replace(tzinfo=UTC),
    )
    if completed and created:
        return low <= max(completed, created) and high >= min(completed, created)
    if completed:
        return low <= completed <= high
    return created is None or high > created


def _met(element: ET.Element, component: Component, text: str, zone: str) -> bool:
    if element.tag == name("C:comp-filter"):
        return _component_met(element, component, text, zone)
    if element.tag == name("C:prop-filter"):
        return _property_met(element, component)
    if element.tag == name("C:time-range") and component.name == "VALARM":
        within = span_of(element)
        low, high = (
            within.start or datetime(1990, 1, 1, tzinfo=UTC),
            within.end or datetime(2040, 1, 1, tzinfo=UTC),
        )
        return shown.has_alarm_between(text, zone, low, high)
    return True


def _component_met(element: ET.Element, parent: Component, text: str, zone: str) -> bool:
    wanted = element.get("name", "").upper()
    children = [child for child in parent.children if child.name == wanted]
    if element.find(name("C:is-not-defined")) is not None:
        return not children
    return any(all(_met(sub, child, text, zone) for sub in element) for child in children)


def _property_met(element: ET.Element, component: Component) -> bool:
    found = component.all(element.get("name", "").upper())
    if element.find(name("C:is-not-defined")) is not None:
        return not found
    return any(all(_line_met(sub, line) for sub in element) for line in found)


def _line_met(element: ET.Element, line: Line) -> bool:
    if element.tag == name("C:text-match"):
        return _text_met(element, unescaped(line.value))
    if element.tag == name("C:param-filter"):
        present = element.get("name", "").upper() in line.params
        if element.find(name("C:is-not-defined")) is not None:
            return not present
        value = line.param(element.get("name", "").upper())
        return present and all(_text_met(sub, value) for sub in element.findall(name("C:text-match")))
    if element.tag == name("C:time-range"):
        within, moment = span_of(element), _stamp(line)
        return bool(moment) and (not within.start or moment >= within.start) and (not within.end or moment < within.end)
    return True


def _text_met(element: ET.Element, value: str) -> bool:
    wanted, collation = element.text or "", element.get("collation", "")
    if collation != "i;octet":
        wanted, value = wanted.casefold(), value.casefold()
    return (wanted in value) != (element.get("negate-condition", "no") == "yes")


def _check(element: ET.Element) -> None:
    for part in element.iter():
        if part.tag == name("C:text-match") and part.get("collation", "") not in COLLATIONS:
            raise BadFilter("This collation is not known here.", "supported-collation")
        if part.tag == name("C:time-range"):
            span_of(part)
        if part.tag in (
            name("C:comp-filter"),
            name("C:prop-filter"),
            name("C:param-filter"),
        ) and not part.get("name"):
            raise BadFilter("A filter must name what it looks at.")


def _moment(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return values.moment(value, UTC, kind="DATE-TIME").instant
    except Refusal as refusal:
        raise BadFilter(refusal.message) from refusal


def _stamp(line: Line | None) -> datetime | None:
    try:
        return values.moment(line.value, UTC).instant if line else None
    except Refusal:
        return None
