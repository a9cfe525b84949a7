"""As much of a calendar text as a client asks for (RFC 4791 section 9.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from crmlite.ics.lines import Component, Line, parse
from crmlite.ics.objects import Object
from crmlite.ics.spelling import line_end


class Part(NamedTuple):
    """Of a component these lines (name -> whether its value is wanted too) and these components in it. None is all."""

    lines: Mapping[str, bool] | None = None
    parts: "Mapping[str, Part] | None" = None


def only(text: str, wanted: Part) -> str:
    """Nothing but what is asked for; `wanted` is about the VCALENDAR (RFC 4791 section 9.6.1). The text is that of
    one event, or the answer to an expand."""
    calendar = parse(text)
    _keep(calendar, wanted, line_end(text))
    return calendar.write()


def limited(text: str, zone: str, start: datetime, end: datetime) -> str:
    """The whole rule, but only exceptions that stand, or would have stood, between `start` and `end` (RFC 4791
    section 9.6.6)."""
    thing = Object(text, zone)
    if thing.master is None:
        return text
    away = {id(part) for part in thing.overrides if not _touches(thing, part, start, end)}
    if not away:
        return text
    thing.calendar.items = [item for item in thing.calendar.items if id(item) not in away]
    return thing.calendar.write()


def _keep(component: Component, wanted: Part, eol: str) -> None:
    kept: list[Line | Component] = []
    for item in component.items:
        if isinstance(item, Component):
            inner = Part() if wanted.parts is None else wanted.parts.get(item.name)
            if inner is not None:
                _keep(item, inner, eol)
                kept.append(item)
        elif wanted.lines is None:
            kept.append(item)
        elif item.name in wanted.lines:
            kept.append(item if wanted.lines[item.name] else Line.made(item.name, "", eol=eol))
    component.items = kept


def _touches(thing: Object, part: Component, start: datetime, end: datetime) -> bool:
    spans = [thing.span(part), thing.span(thing.master) if thing.master else None]
    moments = [spans[0].anchor if spans[0] else None, thing.key(part)]
    for moment, span in zip(moments, spans, strict=True):
        if moment and span:
            first, last = moment.instant, span.length.after(moment)
            if first < end and (last > start or first == last >= start):
                return True
    return False
