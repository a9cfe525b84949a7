"""Takes the demo data out again: every row that the loading gesture made, with its history, and nothing else.

Written past the gate, the one exception besides `rows`: what never was real is dropped for good instead of
being put into the bin, so that it can be loaded anew under the same addresses.
"""

from collections.abc import Iterable, Iterator

from peewee import Expression

from crmlite.errors import Conflict, Missing
from crmlite.models.base import Record
from crmlite.models.calendars import Calendar
from crmlite.models.choices import Setting
from crmlite.models.events import Event
from crmlite.models.journal import Entry
from crmlite.models.mentions import Mention
from crmlite.models.merges import Distinction, Merge
from crmlite.models.notes import Note
from crmlite.models.products import Tax
from crmlite.models.quotes import QuoteLine
from crmlite.models.tables import RECORDS
from crmlite.models.teams import Membership
from crmlite.models.users import Device, User
from crmlite.rules import bodies, gate, links, search, search_index, upkeep
from crmlite.rules.access import OWNED, Actor
from crmlite.rules.demo.loading import MARK, loaded
from crmlite.rules.settings import put_setting

# What hangs on the records goes first, whoever put it there.
HANGING = ("mention", "document", "contact_point", "address", "merge", "distinction")
ORDER = (
    *HANGING,
    "note",
    "event",
    "quote_line",
    "quote",
    "opportunity",
    "product",
    "tax",
    "lead",
    "contact",
    "partner",
    "calendar",
    "membership",
    "team",
    "user",
)
SETTINGS = ("zone", "organisation", "sender", "texts", "logo")
AT_ONCE = 500
Ids = dict[str, set[int]]


def remove(by: Actor) -> int:
    """Take the demo data out and return how many records went. What people added stays, and so do the demo
    records that their notes are about, and the demo people who did something themselves (no longer active).
    Raises Missing when there is no demo data, Conflict when nobody real could sign in afterwards."""
    gesture = loaded()
    if gesture is None:
        raise Missing("There is no demo data here.")
    with gate.together():
        ids = _made_in(gesture)
        kept = _kept(ids, gesture)
        if _anything_real(ids) and not _real_owner(ids):
            raise Conflict(
                "Only demo people could sign in afterwards. Please add an owner of your own first."
            )
        for user_id in sorted(ids["user"] & kept["user"]):
            gate.change(User.get_by_id(user_id), {"active": False}, by)
        going = {concept: made - kept.get(concept, set()) for concept, made in ids.items()}
        made = sum(len(going[concept]) for concept in ORDER)
        _leave_calendars(going, by)
        _add_hanging(going)
        _drop_all(going)
        Setting.delete().where(
            Setting.key.in_(SETTINGS) & _untouched(ids["setting"])
        ).execute()
        put_setting(MARK, {}, by)
        bodies.drop_unused()
        upkeep.gather_sums()
    return made


def _made_in(gesture: int) -> Ids:
    found: Ids = {concept: set() for concept in (*ORDER, "setting")}
    rows = Entry.select(Entry.concept, Entry.record_id).where(
        (Entry.gesture == gesture) & (Entry.version == 1)
    )
    for concept, record_id in rows.tuples().iterator():
        if concept in found:
            found[concept].add(record_id)
    return found


def _kept(ids: Ids, gesture: int) -> Ids:
    """What of the demo has become part of somebody's work."""
    kept: Ids = {"user": set(), "team": set(), "calendar": set(), "tax": _charged(ids)}
    for concept, about_id in Note.select(Note.about, Note.about_id).where(Note.deleted_at.is_null()).tuples():
        if about_id in ids.get(concept, set()):
            own = Note.select(Note.id).where((Note.about == concept) & (Note.about_id == about_id)).tuples()
            if {row[0] for row in own} - ids["note"]:
                kept.setdefault(concept, set()).add(about_id)
    actors = Entry.select(Entry.actor).where(Entry.gesture != gesture).distinct().tuples()
    kept["user"] |= {row[0] for row in actors} & ids["user"]
    for calendar_id in ids["calendar"]:
        events = Event.select(Event.id).where(Event.calendar == calendar_id).tuples()
        if {row[0] for row in events} - ids["event"]:
            kept["calendar"].add(calendar_id)
    for row in (
        Membership.select(Membership.id, Membership.team).where(Membership.deleted_at.is_null()).tuples()
    ):
        if row[0] not in ids["membership"]:
            kept["team"].add(row[1])
    for calendar in Calendar.select().where(Calendar.id.in_(sorted(kept["calendar"]))):
        kept["user"] |= {calendar.owner_id} & ids["user"]
        kept["team"] |= {calendar.team_id} & ids["team"]
    homes = Calendar.owner.in_(sorted(kept["user"])) | Calendar.team.in_(sorted(kept["team"]))
    kept["calendar"] |= {row[0] for row in Calendar.select(Calendar.id).where(homes).tuples()}
    return kept


def _charged(ids: Ids) -> set[int]:
    """Taxes of the demo that something real has."""
    found: set[int] = set()
    for model in RECORDS.values():
        for column in [column for column in model._meta.refs if column.rel_model is Tax]:
            rows = model.select(model.id, column).where(column.in_(sorted(ids["tax"]) or [0])).tuples()
            found |= {tax_id for record_id, tax_id in rows if record_id not in ids.get(model.concept, set())}
    return found


def _anything_real(ids: Ids) -> bool:
    """Whether people have added records of their own."""
    for concept in (*OWNED, "note"):
        model = RECORDS[concept]
        newest_first = model.select(model.id).where(model.deleted_at.is_null()).order_by(model.id.desc())
        if any(row[0] not in ids[concept] for row in newest_first.tuples().iterator()):
            return True
    return False


def _real_owner(ids: Ids) -> bool:
    owners = (
        User.select(User.id, User.active).where((User.role == "owner") & User.deleted_at.is_null()).tuples()
    )
    return any(active and user_id not in ids["user"] for user_id, active in owners)


def _untouched(setting_ids: set[int]) -> Expression:
    return Setting.id.in_(sorted(setting_ids) or [0]) & (Setting.version == 1)


def _leave_calendars(going: Ids, by: Actor) -> None:
    """Demo events in calendars that stay are taken out through the gate, so that phones hear of it."""
    staying = Event.calendar.not_in(sorted(going["calendar"]) or [0]) & Event.deleted_at.is_null()
    for event in list(Event.select().where(staying)):
        if event.id in going["event"]:
            gate.remove(event, by)


def _add_hanging(going: Ids) -> None:
    """Files, further phones, mentions and marks of merges that people added to the records that go."""
    for concept in OWNED:
        for some in _portions(going[concept]):
            for place in links.places(RECORDS[concept]):
                if place.hangs:
                    rows = place.table.select(place.table.id).where(place.among(some))
                    going[place.table.concept] |= {row.id for row in rows}
            for model, columns in ((Merge, ("kept", "loser")), (Distinction, ("low", "high"))):
                for column in columns:
                    of_them = (model.about == concept) & model._meta.fields[column].in_(some)
                    going[model.concept] |= {row.id for row in model.select(model.id).where(of_them)}
    for some in _portions(going["quote"]):
        going["quote_line"] |= {row.id for row in QuoteLine.select(QuoteLine.id).where(QuoteLine.quote.in_(some))}
    for some in _portions(going["user"]):
        going["mention"] |= {row.id for row in Mention.select(Mention.id).where(Mention.person.in_(some))}


def _drop_all(going: Ids) -> None:
    for concept in ORDER:
        for some in _portions(going[concept]):
            if concept == "user":
                Device.delete().where(Device.user.in_(some)).execute()
            _drop(RECORDS[concept], some)


def _drop(model: type[Record], ids: list[int]) -> None:
    concept = model.concept
    if concept in search.NUMBERS:
        search_index.forget(concept, ids)
    Entry.delete().where((Entry.concept == concept) & Entry.record_id.in_(ids)).execute()
    model.delete().where(model.id.in_(ids)).execute()


def _portions(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
