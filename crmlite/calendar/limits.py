"""Properties of a calendar that Radicale does not tell: what it takes, how far it reaches (RFC 4791 section 5.2), and
that what stands in it makes its owner busy (RFC 6638 section 9.1). And one that it tells although there is none: where
a subscription comes from."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping

from crmlite.calendar import book_filters, xml
from crmlite.calendar.filters import COLLATIONS
from crmlite.ics.occurrences import LIMIT
from crmlite.ics.values import FIRST_YEAR, LAST_YEAR

_COLLATIONS = "".join(f"<C:supported-collation>{one}</C:supported-collation>" for one in COLLATIONS if one)
LIMITS = {
    xml.name(f"C:{name}"): f"<C:{name}>{value}</C:{name}>"
    for name, value in {
        "supported-calendar-data": '<C:calendar-data content-type="text/calendar" version="2.0"/>',
        "supported-collation-set": _COLLATIONS,
        "min-date-time": f"{FIRST_YEAR}0101T000000Z",
        "max-date-time": f"{LAST_YEAR}1231T235959Z",
        "max-instances": str(LIMIT),
        "schedule-calendar-transp": "<C:opaque/>",
    }.items()
}
_COMPARED = "".join(f"<CR:supported-collation>{one}</CR:supported-collation>" for one in book_filters.NAMED)
OF_BOOKS = {  # RFC 6352 section 8.3.1
    xml.name("CR:supported-collation-set"): f"<CR:supported-collation-set>{_COMPARED}</CR:supported-collation-set>",
}
ASKED = re.compile(rb"[<:](" + b"|".join([b"source", *(tag.rpartition("}")[2].encode() for tag in LIMITS)]) + rb")\b")
SOURCE = xml.name("CS:source")


def tell(answer: bytes, body: bytes, known_at: Callable[[str], Mapping[str, str]]) -> bytes:
    """Radicale's multistatus with those of these properties that were asked for. `known_at` answers, for an address,
    what is told there: full name -> element."""
    if not ASKED.search(body):
        return answer
    root = ET.fromstring(answer)
    for response in root.findall(xml.name("D:response")):
        if known := known_at(response.findtext(xml.name("D:href")) or ""):
            _tell(response, known)
            _take_back(response)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _tell(response: ET.Element, known: Mapping[str, str]) -> None:
    for stat in response.findall(xml.name("D:propstat")):
        missing = stat.find(xml.name("D:prop"))
        if missing is None or "404" not in (stat.findtext(xml.name("D:status")) or ""):
            continue
        told = [element for element in missing if element.tag in known]
        for element in told:
            missing.remove(element)
        if told:
            whole = f"<all{xml.SPACES}>{xml.propstat('200 OK', [known[one.tag] for one in told])}</all>"
            response.extend(ET.fromstring(whole))
        if len(missing) == 0:
            response.remove(stat)


def _take_back(response: ET.Element) -> None:
    for stat in response.findall(xml.name("D:propstat")):
        told = stat.find(f"{xml.name('D:prop')}/{SOURCE}")
        if told is None or "200" not in (stat.findtext(xml.name("D:status")) or ""):
            continue
        inside = stat.find(xml.name("D:prop"))
        if inside is not None:
            inside.remove(told)
            if len(inside) == 0:
                response.remove(stat)
        whole = f"<all{xml.SPACES}>{xml.propstat('404 Not Found', ['<CS:source/>'])}</all>"
        response.extend(ET.fromstring(whole))
