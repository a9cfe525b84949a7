"""The filter of an addressbook-query (RFC 6352 section 10.5), met by the text of a card."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from crmlite.calendar.filters import BadFilter
from crmlite.calendar.xml import name
from crmlite.ics.lines import Line
from crmlite.ics.spelling import unescaped
from crmlite.vcf.lines import bare, parse, types

NAMED = ("i;ascii-casemap", "i;octet", "i;unicode-casemap")
COLLATIONS = ("", "default", *NAMED)
MATCHES = ("", "contains", "equals", "starts-with", "ends-with")
TESTS = ("", "anyof", "allof")


def read(root: ET.Element) -> ET.Element | None:
    """The filter; None where it lets everything through. Raises BadFilter."""
    found = root.findall(name("CR:filter"))
    if len(found) > 1:
        raise BadFilter("An addressbook-query has one filter.")
    if not found or not len(found[0]):
        return None
    for element in found[0].iter():
        _check(element)
    if any(child.tag != name("CR:prop-filter") for child in found[0]):
        raise BadFilter("A filter holds prop-filters.", "supported-filter")
    return found[0]


def matches(text: str, wanted: ET.Element) -> bool:
    found = parse(text).lines[1:-1]
    return _joined(wanted, (_property_met(one, found) for one in wanted))


def _property_met(element: ET.Element, lines: list[Line]) -> bool:
    asked = element.get("name", "").upper()
    found = [line for line in lines if asked in (line.name, bare(line))]
    if element.find(name("CR:is-not-defined")) is not None:
        return not found
    tests = [child for child in element if child.tag in (name("CR:text-match"), name("CR:param-filter"))]
    if not tests:
        return bool(found)
    return any(_joined(element, (_line_met(one, line) for one in tests)) for line in found)


def _line_met(element: ET.Element, line: Line) -> bool:
    if element.tag == name("CR:text-match"):
        return _text_met(element, [unescaped(line.value)])
    asked = element.get("name", "").upper()
    values = sorted(types(line)) if asked == "TYPE" else [line.param(asked)] if asked in line.params else []
    if element.find(name("CR:is-not-defined")) is not None:
        return not values
    wanted = element.find(name("CR:text-match"))
    return bool(values) and (wanted is None or _text_met(wanted, values))


def _text_met(element: ET.Element, values: list[str]) -> bool:
    exact = element.get("collation", "") == "i;octet"
    wanted = element.text or ""
    met = any(_compared(element.get("match-type", ""), *_folded(value, wanted, exact)) for value in values)
    return met != (element.get("negate-condition", "no") == "yes")


def _folded(value: str, wanted: str, exact: bool) -> tuple[str, str]:
    return (value, wanted) if exact else (value.casefold(), wanted.casefold())


def _compared(how: str, value: str, wanted: str) -> bool:
    if how == "equals":
        return value == wanted
    if how == "starts-with":
        return value.startswith(wanted)
    return value.endswith(wanted) if how == "ends-with" else wanted in value


def _joined(element: ET.Element, tests: Iterable[bool]) -> bool:
    """RFC 6352 section 10.5.1: anyof where nothing is said."""
    return all(tests) if element.get("test") == "allof" else any(tests)


def _check(element: ET.Element) -> None:
    if element.tag in (name("CR:prop-filter"), name("CR:param-filter")) and not element.get("name"):
        raise BadFilter("A filter needs a name.")
    if element.get("test", "") not in TESTS or element.get("match-type", "") not in MATCHES:
        raise BadFilter("This kind of test is not known here.", "supported-filter")
    if element.get("collation", "") not in COLLATIONS:
        raise BadFilter("This collation is not known here.", "supported-collation")
