"""What a page weighs on the wire: cold with all that it needs, warm when the browser has kept all it may."""

import re
from typing import NamedTuple

from bench.client import Request, Visitor

NEEDED = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script|img|use)[^>]*?(?:href|src)="(/static/[^"#]+)')


class Weight(NamedTuple):
    """Bytes, status lines and headers included; fonts apart."""

    cold: int
    warm: int
    parts: dict[str, int]


def weigh(visitor: Visitor, path: str) -> Weight:
    """As browsers ask on https and on localhost."""
    visitor.headers |= {"Accept-Encoding": "gzip, deflate, br"}
    page = visitor.ask(Request("GET", path))
    parts = {path: page.weight}
    for address in dict.fromkeys(NEEDED.findall(page.text)):
        parts[address.partition("?")[0]] = visitor.ask(Request("GET", address.replace("&amp;", "&"))).weight
    return Weight(sum(parts.values()), page.weight, parts)
