"""One turn of a repeating event as a component of its own."""

from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import REPEATS, Object
from crmlite.ics.refusal import Refusal
from crmlite.ics.values import Moment


def exception_for(thing: Object, turn: Moment) -> Component:
    """What the master says about one turn, ready to be changed alone. Not yet part of the object."""
    if thing.master is None:
        raise Refusal("This occurrence is not in the calendar any more.", "valid-calendar-object-resource")
    part = thing.master.copy()
    part.drop(*REPEATS)
    shift_to(thing, part, turn)
    places = [at for at, item in enumerate(part.items) if isinstance(item, Line) and item.name == "DTSTART"]
    identity = Line.made("RECURRENCE-ID", turn.text, turn.params, thing.eol)
    part.items.insert(places[0] + 1 if places else 0, identity)
    return part


def shift_to(thing: Object, component: Component, turn: Moment) -> None:
    """Let the component stand at the turn, as long as it stood before."""
    end_name = "DTEND" if component.name == "VEVENT" else "DUE"
    start, end = thing.moment(component, "DTSTART"), thing.moment(component, end_name)
    if start is None:
        put_moment(component, end_name, turn, thing.eol)
        return
    put_moment(component, "DTSTART", turn, thing.eol)
    if end:
        put_moment(component, end_name, _moved_end(start, end, turn), thing.eol)


def put_moment(component: Component, name: str, moment: Moment, eol: str) -> None:
    """Write a date or time, keeping what else the line carries; the same moment leaves the line as it is."""
    line = component.first(name)
    if line is None:
        component.put(Line.made(name, moment.text, moment.params, eol))
    elif line.value.strip() != moment.text or line.param("TZID") != moment.params.get("TZID", ""):
        component.put(line.rewritten(moment.text, eol, moment.params, drop=("TZID", "VALUE")))


def _moved_end(start: Moment, end: Moment, turn: Moment) -> Moment:
    if start.is_date or end.is_date:
        return end.at(end.wall + (turn.wall - start.wall))
    return end.at_instant(turn.instant + (end.instant - start.instant))
