"""What the form of an event shows: a proposal for a new one, or an event as it stands. `event_input` reads it
back."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from crmlite import clock
from crmlite.ics.read import Fields
from crmlite.lists import event_reminders, guests, kinds
from crmlite.lists.event_reminders import Texts as Texts
from crmlite.lists.reader import Reader
from crmlite.models.addresses import Address
from crmlite.models.base import Record
from crmlite.models.events import EVENT_KINDS, EVENT_STATUSES, TASK_STATUSES, Event
from crmlite.models.partners import Partner
from crmlite.rules import hanging, repeats
from crmlite.rules.access import OWNED, find, look

WISHES = {"do_not_call": "no calls", "do_not_email": "no e-mails"}
LINKS = {"lead": "Lead", "partner": "Customer", "contact": "Contact", "opportunity": "Opportunity"}
HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONGEST = timedelta(days=366)


def blank(args: Mapping[str, str], to: Reader) -> Texts:
    """A new event as proposed by where the person came from: a slot, a record, another event."""
    kind = args.get("kind", "meeting")
    wall = clock.to_wall(to.now, to.by.zone)
    start = _start(args.get("start", ""), wall)
    texts = {
        "kind": kind if kind in EVENT_KINDS else "meeting",
        "subject": args.get("subject", "")[:500],
        "all_day": "1" if args.get("all_day") else "",
        **_times(start, _end(args.get("end", ""), start)),
        "due": start.date().isoformat() if "start" in args else wall.date().isoformat(),
        "due_time": f"{start:%H:%M}" if "T" in args.get("start", "") and not args.get("all_day") else "",
        "status": "realized" if kind == "email" else "planned",
        "task_status": "not_started",
        "priority": "2",
        "call_type": "outgoing",
        "reminder": "",
        "repeat": "",
        "until": "",
        "owner": str(to.by.id or ""),
        "calendar": args.get("calendar", ""),
    }
    texts |= _linked(args, to)
    return texts | (met(texts, to) if texts["kind"] == "meeting" else {})


def filled(event: Event, turn: Fields, to: Reader) -> Texts:
    """The event, or the turn of it that `turn` was read from, as the form shows it in the reader's zone."""
    repeat = repeats.read(turn.rrule or event.rrule, event.tzid or to.by.zone)
    texts = {
        "kind": event.kind,
        "subject": turn.summary,
        "location": turn.location,
        "description": turn.description,
        "all_day": "1" if turn.all_day and event.kind != "task" else "",
        **_shown_times(turn, to),
        **_shown_due(turn, to),
        "status": event.status if event.status in EVENT_STATUSES else "planned",
        "task_status": event.status if event.status in TASK_STATUSES else "not_started",
        "priority": str(event.priority),
        "call_type": event.call_type or "outgoing",
        **_categories(event, to),
        **event_reminders.shown(turn.alarms, bool(turn.due_date) or (turn.all_day and not turn.due_at), to),
        "repeat": repeat.word,
        "until": repeat.until.isoformat() if repeat.until else "",
        "private": "1" if turn.private else "",
        "free": "1" if turn.free else "",
        "owner": str(event.owner_id or ""),
        "calendar": str(event.calendar_id),
        "guests": guests.lines(turn),
        "seen": str(event.version),
    }
    for concept in LINKS:
        texts[concept] = picked(concept, getattr(event, f"{concept}_id"), to)
    return texts


def met(texts: Mapping[str, str], to: Reader) -> Texts:
    """Who comes to a meeting about these links: a customer who is a person, else the contact, else the lead
    (crm-reference 2.9)."""
    for concept in ("partner", "contact", "lead"):
        number = texts.get(concept, "").rpartition("#")[2]
        record = look(OWNED[concept], int(number), to.by) if number.isdecimal() and len(number) < 10 else None
        if record and record.email and not (concept == "partner" and record.kind == "company"):
            return {"guests": guests.line(record.label, record.email)}
    return {}


def wishes(texts: Texts, to: Reader) -> list[str]:
    """Who of those the event is about asked not to be called or written to."""
    found = []
    for concept in ("lead", "partner", "contact"):
        number = texts.get(concept, "").rpartition("#")[2]
        record = look(OWNED[concept], int(number), to.by) if number.isdecimal() and len(number) < 10 else None
        asked = [word for name, word in WISHES.items() if getattr(record, name, False)]
        if asked:
            found.append(f"{record.label} asked for {' and '.join(asked)}.")
    return found


def _categories(event: Event, to: Reader) -> Texts:
    """The category under its kind, and one of any kind under all of them: it stays when the kind changes."""
    category = to.directory.choices.get(event.category_id or 0)
    others = EVENT_KINDS if category and not category.event_kind else ()
    return {f"category_{kind}": str(event.category_id or "") for kind in (event.kind, *others)}


def _start(text: str, wall: datetime) -> datetime:
    """Of the slot that was clicked; else the next half hour today, or nine o'clock on the day named."""
    try:
        asked = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        day = wall.replace(minute=0, second=0, microsecond=0)
        return day + HALF_HOUR * (wall.minute // 30 + 1)
    return asked if "T" in text else asked.replace(hour=9)


def _end(text: str, start: datetime) -> datetime:
    try:
        asked = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return start + HOUR
    return asked if asked > start else start + HOUR


def _times(start: datetime, end: datetime) -> Texts:
    return {
        "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end_day": end.date().isoformat(),
        "end": f"{end:%H:%M}",
    }


def _shown_times(turn: Fields, to: Reader) -> Texts:
    if turn.all_day and turn.start_date:
        last = (turn.end_date or turn.start_date + DAY) - DAY
        return {
            "day": turn.start_date.isoformat(),
            "start": "09:00",
            "end_day": last.isoformat(),
            "end": "10:00",
        }
    start = clock.to_wall(turn.starts_at or turn.due_at or to.now, to.by.zone)
    end = clock.to_wall(turn.ends_at, to.by.zone) if turn.ends_at else start + HOUR
    return _times(start, end)


def _shown_due(turn: Fields, to: Reader) -> Texts:
    if turn.component != "VTODO":
        times = _shown_times(turn, to)
        return {"due": times["day"], "due_time": "" if turn.all_day else times["start"]}
    if turn.due_at is None:
        return {"due": "", "due_time": ""}
    if turn.due_date:
        return {"due": turn.due_date.isoformat(), "due_time": ""}
    wall = clock.to_wall(turn.due_at, to.by.zone)
    return {"due": wall.date().isoformat(), "due_time": f"{wall:%H:%M}"}


def _linked(args: Mapping[str, str], to: Reader) -> Texts:
    """The records named in the address or linked to the event it comes `after`, what they bring along, and
    where they are (crm-reference 2.9)."""
    ids: dict[str, int] = {}
    location = ""
    if before := _asked(args, "after"):
        event = find(Event, before, to.by)
        ids = {concept: number for concept in LINKS if (number := getattr(event, f"{concept}_id"))}
    for concept in ("quote", "opportunity", "contact", "lead", "partner"):
        if not (record_id := _asked(args, concept)):
            continue
        record = find(OWNED[concept], record_id, to.by)
        if concept in LINKS:
            ids[concept] = record.id
        for brought in ("opportunity", "lead", "partner", "contact"):
            if number := getattr(record, f"{brought}_id", None):
                ids.setdefault(brought, number)
        location = location or place(record, to)
    texts = {concept: picked(concept, record_id, to) for concept, record_id in ids.items()}
    return texts | ({"location": location} if location else {})


def _asked(args: Mapping[str, str], name: str) -> int | None:
    text = args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def place(record: Record, to: Reader) -> str:
    """Where to meet: at a customer's address for invoices, else at the main one."""
    if isinstance(record, Partner):
        record = next((one for one in hanging.of(Address, record, to.by) if one.is_invoicing), record)
    town = " ".join(filter(None, (getattr(record, "postcode", ""), getattr(record, "city", ""))))
    return ", ".join(filter(None, (getattr(record, "street", ""), town)))


def picked(concept: str, record_id: int | None, to: Reader) -> str:
    """As the picker writes a record: its name and its number, which tells namesakes apart."""
    name = kinds.names(concept, [record_id], to).get(record_id) if record_id else None
    return f"{name} #{record_id}" if name else ""
