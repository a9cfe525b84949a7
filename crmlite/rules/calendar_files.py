"""Calendar files (.ics) that somebody brings: looked at first, then taken into a calendar of theirs in one gesture."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from crmlite import clock
from crmlite.errors import Invalid, Missing, Refused
from crmlite.ics import files
from crmlite.ics.files import Parcel
from crmlite.ics.read import Fields, Refusal, read
from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.rules import access, calendars, events, gate, jobs, journal, sync
from crmlite.rules.access import Actor

KIND = "calendar_file"
AT_ONCE = 200  # more would let the person wait
IN_ONE_GO = 50  # in one transaction: others write in between
MOST = 20_000
CHUNK = 500
NO_CALENDAR = "This is no calendar file: please choose one whose name ends in .ics."
NO_UTF8 = "This file is not written in UTF-8, as calendar files are: please export it anew."


class Found(NamedTuple):
    """A parcel that can be taken, and what it says."""

    parcel: Parcel
    fields: Fields


class Look(NamedTuple):
    """What taking a file would do: `new` would come in, `known` are there already by their UID and stay as they are,
    `refused` are titles with the reason."""

    new: list[Found]
    known: int
    refused: list[tuple[str, str]]

    @property
    def tasks(self) -> int:
        return sum(one.parcel.component == "VTODO" for one in self.new)

    @property
    def recurring(self) -> int:
        return sum(one.fields.recurring for one in self.new)


def look(data: bytes, calendar: Calendar, by: Actor) -> Look:
    """Nothing is written. Raises Invalid for a file that cannot be read at all."""
    parcels = _parcels(data)
    known = _known(parcels, _homes(calendar, by))
    new: list[Found] = []
    refused: list[tuple[str, str]] = []
    for parcel in parcels:
        if (parcel.component, parcel.uid) in known:
            continue
        try:
            new.append(Found(parcel, read(parcel.text, sync.zone_of(calendar))))
        except Refusal as error:
            refused.append((parcel.title or "Without a title", error.message))
    return Look(new, len(parcels) - len(new) - len(refused), refused)


def take(found: Look, calendar: Calendar, name: str, back: str, by: Actor) -> tuple[int, int | None]:
    """Take in what a look found new, as one gesture: its id, and that of the job where there is much. Raises
    Forbidden."""
    access.require(by, "create", _sample(calendar, by))
    texts = [(one.parcel.component, one.parcel.text) for one in found.new]
    with gate.together() as gesture:
        if len(texts) <= AT_ONCE:
            for component, text in texts:
                _receive(component, text, calendar, by)
            return gesture, None
        come = {
            "by": by.id, "calendar": calendar.id, "left": texts, "total": len(texts), "done": 0, "refused": {},
            "gesture": gate.new_gesture(), "began": clock.now().isoformat(), "name": name, "back": back,
        }  # fmt: skip
        return come["gesture"], jobs.add(KIND, come, person=by.id)


def work(payload: dict[str, Any]) -> datetime | None:
    """The job."""
    return jobs.in_parts(payload["job"], part)


def part(come: dict[str, Any]) -> bool:
    """Take in the next events; whether there are more. Brings `come` up to date."""
    now, come["left"] = come["left"][:IN_ONE_GO], come["left"][IN_ONE_GO:]
    for component, text in now:
        try:
            by = access.actor(come["by"], "web")
            calendar = access.find(Calendar, come["calendar"], by)
            if journal.undone([come["gesture"]]):
                raise Missing("What came before was undone meanwhile.")
            with gate.together(gesture=come["gesture"]):
                _receive(component, text, calendar, by)
            come["done"] += 1
        except Refused as error:
            come["refused"][error.message] = come["refused"].get(error.message, 0) + 1
    return bool(come["left"])


def _parcels(data: bytes) -> list[Parcel]:
    if len(data) > files.LARGEST:
        raise Invalid(f"This file is larger than {files.LARGEST // 1024**2} MB: please export a shorter time.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(NO_UTF8) from error
    if "BEGIN:VCALENDAR" not in text[:2000].upper():
        raise Invalid(NO_CALENDAR)
    parcels = files.split(text)
    if len(parcels) > MOST:
        raise Invalid(f"This file holds more than {MOST:,} events: please export a shorter time.")
    return parcels


def _homes(calendar: Calendar, by: Actor) -> dict[str, Calendar]:
    """Where each component goes: tasks to the person's own list, as calendars hold events alone."""
    return {"VEVENT": calendar, "VTODO": calendars.personal(by.id or 0, "tasks")}


def _known(parcels: list[Parcel], homes: dict[str, Calendar]) -> set[tuple[str, str]]:
    known = set()
    for component, calendar in homes.items():
        uids = [parcel.uid for parcel in parcels if parcel.component == component]
        for some in _chunks(uids):
            there = Event.select(Event.uid).where(
                (Event.calendar == calendar.id) & Event.uid.in_(some) & Event.deleted_at.is_null()
            )
            known |= {(component, uid) for (uid,) in there.tuples()}
    return known


def _receive(component: str, text: str, calendar: Calendar, by: Actor) -> None:
    events.receive(_homes(calendar, by)[component], f"{uuid4()}.ics", text, by)


def _sample(calendar: Calendar, by: Actor) -> Event:
    """What the gate would be asked about, so that a refusal comes before the work."""
    return Event(calendar=calendar, owner=by.id, private=False)


def _chunks(values: list[str]) -> Iterable[list[str]]:
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))
