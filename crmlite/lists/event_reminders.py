"""The reminders of an event in its form, a row each: what a row offers, how it is told, how it is read back.

Keys of a row: minutes before the start (below zero: after it), `s` and seconds, `end` and minutes before the end,
`at` for a moment of its own; `same-day` and `eve` count on whole days only."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from crmlite import clock
from crmlite.ics.alarms import Alarm
from crmlite.lists import almanac
from crmlite.lists.reader import Reader
from crmlite.models.events import Event
from crmlite.rules.drafts import Reminders

ROWS = ("reminder", "reminder_2", "reminder_3", "reminder_4", "reminder_5")
BEFORE = {
    "0": "At the start",
    "5": "5 minutes before",
    "10": "10 minutes before",
    "15": "15 minutes before",
    "30": "30 minutes before",
    "60": "1 hour before",
    "120": "2 hours before",
    "1440": "1 day before",
    "2880": "2 days before",
    "10080": "1 week before",
}
WHOLE_DAYS = {"same-day": "That day at 09:00", "eve": "The day before at 17:00"}
LEADS = {"same-day": timedelta(hours=-9), "eve": timedelta(hours=7)}  # before the midnight that begins the day
OTHERS = {"custom": "Another time before…", "at": "At a day and time…"}
UNITS = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10_080}
EARLIEST = timedelta(days=28)
MINUTE = timedelta(minutes=1)
Texts = dict[str, str]


def shown(alarms: Iterable[Alarm], whole_days: bool, to: Reader) -> Texts:
    """The rows of the form, and in `was_reminders` what they hold, for the diff when it comes back."""
    keys = list(dict.fromkeys(_key(alarm, to) for alarm in alarms))[: len(ROWS)]
    texts = dict.fromkeys(ROWS, "") | {"was_reminders": " ".join(keys)}
    for row, key in zip(ROWS, keys, strict=False):
        texts[row] = _of_whole_days(key) if whole_days else key
        if key.startswith("at"):
            texts |= {row: "at", f"{row}_at": key.removeprefix("at")}
    return texts


def offered(texts: Texts, row: str, whole_days: bool, to: Reader) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of a row's select: heading, options. What the row holds stays on offer."""
    present = texts.get(row, "")
    known = {"", *BEFORE, *WHOLE_DAYS, *OTHERS}
    before = list(BEFORE.items())
    if present not in known and (alarm := _alarm(present, to)):
        before.insert(0, (present, words(alarm, whole_days, to)))
    return [
        ("", [("", "No reminder" if row == ROWS[0] else "No further one")]),
        ("Before the start", before),
        ("For whole days", list(WHOLE_DAYS.items())),
        ("Others", list(OTHERS.items())),
    ]


def first(event: Event, to: Reader) -> str:
    """Its first reminder in words that go on a sentence: “reminder 1 day before”; empty where it has none."""
    if event.alarm_minutes is None:
        return ""
    told = words(Alarm(timedelta(minutes=event.alarm_minutes)), event.all_day, to)
    return f"reminder {told[0].lower()}{told[1:]}"


def words(alarm: Alarm, whole_days: bool, to: Reader) -> str:
    """“15 minutes before”, “That day at 09:00”, “Tomorrow 10:00”."""
    if alarm.at:
        wall = clock.to_wall(alarm.at, to.by.zone)
        return f"{almanac.near(wall.date(), to) or almanac.long_day(wall.date(), to)} {wall:%H:%M}"
    key = _key(alarm, to)
    if whole_days and (whole := _of_whole_days(key)) in WHOLE_DAYS:
        return WHOLE_DAYS[whole]
    if key in BEFORE:
        return BEFORE[key]
    lead = alarm.before or timedelta()
    side = "before" if lead >= timedelta() else "after"
    return f"{_length(abs(lead))} {side}{' the end' if alarm.related_end else '' if side == 'before' else ' the start'}"


def read(form: Mapping[str, str], before: Texts, whole_days: bool | None, to: Reader) -> tuple[Reminders, Texts]:
    """What the person changed among the reminders, and sentences by row. `whole_days` None: there is no start."""
    was = form.get("was_reminders", before.get("was_reminders", "")).split()
    keys, found = [], {}
    for row in ROWS:
        if row not in form:
            key = _typed(before, row)
        else:
            key = _typed(form, row)
        key, sentence = _checked(key, key in was, whole_days, to)
        if sentence:
            found[row] = sentence
        elif key:
            keys.append(key)
    added = [alarm for key in keys if key not in was and (alarm := _alarm(key, to))]
    removed = [alarm for key in was if key not in keys and (alarm := _alarm(key, to))]
    return Reminders(tuple(added), tuple(removed)), found


def _typed(form: Mapping[str, str], row: str) -> str:
    text = form.get(row, "").strip()
    if text == "at":
        return f"at{form.get(f'{row}_at', '').strip()}"
    if text == "custom":
        count, unit = form.get(f"{row}_count", "").strip(), form.get(f"{row}_unit", "")
        known = count.isdecimal() and len(count) < 6 and unit in UNITS
        return str(int(count) * UNITS[unit]) if known else "custom"
    return text


def _checked(key: str, stays: bool, whole_days: bool | None, to: Reader) -> tuple[str, str]:
    """The key, or a sentence about it. One that the event has already may stay as it is."""
    if not key or stays:
        return key, ""
    if key in LEADS:
        if not whole_days:
            return "", "This is for whole days: please choose a time before the start."
        key = str(LEADS[key] // MINUTE)
        return key, ""
    alarm = _alarm(key, to)
    if key.startswith("at"):
        if alarm is None:
            return "", "Please choose the day and the time of the reminder."
        return (key, "") if alarm.at and alarm.at > to.now else ("", "This time has passed: please choose a later one.")
    if key == "custom":
        return "", "Please say how long before, for example 45 minutes."
    if not (key.isdecimal() and alarm and (alarm.before or timedelta()) <= EARLIEST):
        return "", "Please choose a reminder from the list, four weeks before at most."
    if whole_days is None:
        return "", "This task has no day yet: please give it one, or choose a reminder at a day and time."
    return key, ""


def _key(alarm: Alarm, to: Reader) -> str:
    if alarm.at:
        return f"at{clock.to_wall(alarm.at, to.by.zone).isoformat().removesuffix(':00')}"
    lead = alarm.before or timedelta()
    if alarm.related_end:
        return f"end{int(lead.total_seconds())}"
    return f"s{int(lead.total_seconds())}" if lead % MINUTE else str(lead // MINUTE)


def _alarm(key: str, to: Reader) -> Alarm | None:
    """The way back from `_key`; None for what is no key."""
    try:
        if key.startswith("at"):
            wall = datetime.fromisoformat(key.removeprefix("at")).replace(tzinfo=None)
            return Alarm(at=clock.to_utc(wall, to.by.zone)) if 1900 < wall.year < 9000 else None
        if key.startswith("end"):
            return Alarm(before=timedelta(seconds=int(key[3:])), related_end=True)
        return Alarm(before=timedelta(seconds=int(key[1:])) if key[:1] == "s" else timedelta(minutes=int(key)))
    except (ValueError, OverflowError):
        return None


def _of_whole_days(key: str) -> str:
    return next((name for name, lead in LEADS.items() if str(lead // MINUTE) == key), key)


def _length(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for size, unit in ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{seconds} seconds"
