"""Two hundred edits from the web and from a phone, while a second device syncs: at the end all say the same."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from crmlite.ics.read import read
from crmlite.models.events import Event, Occurrence
from crmlite.rules import events, gate
from tests import make
from tests.calendar.conftest import Device, meeting

EDITS, SEED = 200, 20261124
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALARM = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nX-BEEP:1\r\nEND:VALARM\r\nEND:VEVENT"


class Replica:
    """A device that keeps what it was told and asks only for what changed since."""

    def __init__(self, device: Device, paths: tuple[str, ...]) -> None:
        self.device = device
        self.held: dict[str, dict[str, tuple[str, str]]] = {path: {} for path in paths}
        self.tokens = dict.fromkeys(paths, "")

    def sync(self) -> None:
        for path, held in self.held.items():
            answer = self.device.changes(path, self.tokens[path], "<D:getetag/><C:calendar-data/>")
            for one in answer.found:
                name = unquote(one.href.rsplit("/", 1)[1])
                if "404" in one.status:
                    held.pop(name, None)
                else:
                    held[name] = one.text("D:getetag"), one.text("C:calendar-data")
            self.tokens[path] = answer.token


@dataclass(frozen=True)
class Said:
    """What an event must say at the end: the last word of each edit, and all that no edit was about."""

    path: str
    subject: str
    start: datetime
    location: str = ""
    unknown: str = ""
    alarms: int = 0
    exceptions: int = 0
    lead: int | None = None


@dataclass
class Story:
    phone: Replica
    random: random.Random
    alive: dict[str, Said] = field(default_factory=dict)
    dead: dict[str, Said] = field(default_factory=dict)
    conflicts: int = 0
    done: int = 0

    @property
    def device(self) -> Device:
        return self.phone.device

    def chosen(self) -> tuple[str, Event]:
        uid = self.random.choice(sorted(self.alive))
        return uid, Event.get((Event.uid == uid) & Event.deleted_at.is_null())

    def word(self) -> str:
        return f"{self.random.choice(('Call', 'Räume, neu', 'Visit; two', '日本'))} {self.done}"

    def web_plan(self) -> None:
        lead, subject = make.make_lead(self.device.me).id, self.word()
        wish = {"kind": "meeting", "subject": subject, "starts_at": START, "lead": lead}
        event = events.save(None, wish, self.device.me)
        self.alive[event.uid] = Said("events/", subject, START, lead=lead)

    def web_rename(self) -> None:
        uid, event = self.chosen()
        self._save(event, {"subject": self.word()})

    def web_place(self) -> None:
        uid, event = self.chosen()
        self._save(event, {"location": self.word()})

    def web_later(self) -> None:
        uid, event = self.chosen()
        self._save(event, {"starts_at": event.starts_at + timedelta(hours=1)})

    def web_one_turn(self) -> None:
        uid, event = self.chosen()
        turns = list(Occurrence.select().where(Occurrence.event == event.id).order_by(Occurrence.starts_at))
        if turns and not self.alive[uid].exceptions:
            values = {"subject": "This one only"}
            events.save(event, values, self.device.me, event.version, "this", turns[1].recurrence_id)
            self.alive[uid] = replace(self.alive[uid], exceptions=1)

    def web_bin(self) -> None:
        uid, event = self.chosen()
        events.delete(event, self.device.me)
        self.dead[uid] = self.alive.pop(uid)

    def web_restore(self) -> None:
        if self.dead:
            uid = self.random.choice(sorted(self.dead))
            row = Event.select().where(Event.uid == uid).order_by(Event.id.desc()).first()
            gate.restore(row, self.device.me)
            self.alive[uid] = self.dead.pop(uid)

    def phone_make(self) -> None:
        uid, subject, number = f"phone-{self.done}", f"Phone {self.done}", self.done
        lines = [f'X-SECRET;X-WHY="odd; but {number}":{number}', "BEGIN:X-LOG", f"X-ENTRY:{number}", "END:X-LOG"]
        if number % 2:
            lines.insert(0, "RRULE:FREQ=WEEKLY;COUNT=4")
        text = meeting(uid, "20261123T100000", *lines, summary=subject)
        stored = self.device.store(f"events/{uid}.ics", text, If_None_Match="*")
        assert stored.status_code == 201, stored.text
        self.alive[uid] = Said("events/", subject, START, unknown=str(number))

    def phone_rename(self) -> None:
        subject = f"Renamed {self.done}"
        uid = self._rewrite(lambda text: _put_first(text, "SUMMARY", subject))
        self.alive[uid] = replace(self.alive[uid], subject=subject)

    def phone_alarm(self) -> None:
        uid = self._rewrite(lambda text: text.replace("END:VEVENT", ALARM, 1))
        self.alive[uid] = replace(self.alive[uid], alarms=self.alive[uid].alarms + 1)

    def phone_bin(self) -> None:
        uid, path, name, etag, _ = self._picked()
        if self._met(self.device.delete(f"{path}{name}", headers={"If-Match": etag}).status_code):
            self.dead[uid] = self.alive.pop(uid)

    def phone_move(self) -> None:
        uid, path, name, etag, _ = self._picked()
        other = next(one for one in self.phone.held if one != path)
        to = {"Destination": f"/dav/{self.device.slug}/{other}{name}", "If-Match": etag}
        if self._met(self.device.request("MOVE", f"{path}{name}", headers=to).status_code):
            self.alive[uid] = replace(self.alive[uid], path=other)

    def phone_carry(self) -> None:
        """As clients move that know no MOVE."""
        uid, path, name, etag, text = self._picked()
        other = next(one for one in self.phone.held if one != path)
        if self._met(self.device.delete(f"{path}{name}", headers={"If-Match": etag}).status_code):
            assert self.device.store(f"{other}{uid}-carried.ics", text).status_code == 201
            self.alive[uid] = replace(self.alive[uid], path=other)

    def _save(self, event: Event, values: dict) -> None:
        events.save(event, values, self.device.me, event.version)
        said = {{"starts_at": "start"}.get(name, name): value for name, value in values.items()}
        self.alive[event.uid] = replace(self.alive[event.uid], **said)

    def _rewrite(self, change: Callable[[str], str]) -> str:
        """Write what the phone has, changed; told that it is out of date, it looks again and writes once more."""
        while True:
            uid, path, name, etag, text = self._picked()
            if self._met(self.device.store(f"{path}{name}", change(text), If_Match=etag).status_code):
                return uid

    def _met(self, status: int) -> bool:
        if status in (404, 412):
            self.conflicts += 1
            self.phone.sync()
            return False
        assert status in (201, 204), status
        return True

    def _picked(self) -> tuple[str, str, str, str, str]:
        if self.random.random() < 0.3 or not any(self.phone.held.values()):
            self.phone.sync()
        held = [
            (path, name, *one) for path, names in sorted(self.phone.held.items()) for name, one in sorted(names.items())
        ]
        path, name, etag, text = self.random.choice(held)
        return read(text, "Europe/Paris").uid, path, name, etag, text


def _put_first(text: str, name: str, value: str) -> str:
    head, _, rest = text.partition(f"\r\n{name}:")
    line, end, tail = rest.partition("\r\n")
    while tail.startswith(" "):
        _, end, tail = tail.partition("\r\n")
    return f"{head}\r\n{name}:{value}{end}{tail}"


def as_said(path: str, row: Event) -> Said:
    fields, unfolded = read(row.ics, "Europe/Paris"), row.ics.replace("\r\n ", "")
    number = unfolded.partition('X-SECRET;X-WHY="odd; but ')[2].partition('"')[0]
    assert not number or f"BEGIN:X-LOG\r\nX-ENTRY:{number}\r\nEND:X-LOG" in unfolded
    master = unfolded.split("END:VEVENT")[0]
    return Said(
        path, fields.summary, fields.starts_at or START, fields.location, number,
        master.count("X-BEEP:1"), unfolded.count("RECURRENCE-ID"), row.lead_id,
    )  # fmt: skip


def test_web_and_phone_tell_one_story(phone, dav_of):
    """Nothing lost, nothing doubled, nothing forgotten that only the phone understands."""
    paths = ("events/", f"team-{phone.me.active_team_id}/")
    second, story = Replica(dav_of("alice"), paths), Story(Replica(phone, paths), random.Random(SEED))
    over, failed = threading.Event(), []

    def follow() -> None:
        try:
            while not over.wait(0.05):
                second.sync()
        except Exception as problem:  # noqa: BLE001 - told by the test itself
            failed.append(problem)

    follower = threading.Thread(target=follow)
    follower.start()
    steps = [getattr(Story, name) for name in vars(Story) if name.startswith(("web_", "phone_"))]
    weights = [2 if step.__name__.endswith(("_bin", "_restore")) else 3 for step in steps]
    try:
        for story.done in range(EDITS):
            young = len(story.alive) < 6
            story.random.choice((Story.web_plan, Story.phone_make))(story) if young else story.random.choices(
                steps, weights
            )[0](story)
    finally:
        over.set()
        follower.join(timeout=30)
    assert not failed and story.conflicts > 5
    fresh = Replica(dav_of("alice"), paths)
    for replica in (story.phone, second, fresh):
        replica.sync()
    assert story.phone.held == second.held == fresh.held
    rows = {row.href: row for row in Event.select().where(Event.deleted_at.is_null())}
    stored = {name: text for names in fresh.held.values() for name, (_, text) in names.items()}
    assert stored == {name: row.ics for name, row in rows.items()} and len(rows) == len(story.alive)
    told = {rows[name].uid: as_said(path, rows[name]) for path, names in fresh.held.items() for name in names}
    assert told == story.alive
    assert not set(story.dead) & set(told) and len(story.dead) > 3
