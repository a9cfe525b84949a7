"""Who sees and who may change what: the one place that decides."""

from collections.abc import Iterable
from typing import Any

from peewee import Expression, ModelSelect, fn

from crmlite.errors import Forbidden, Missing
from crmlite.models.addresses import Address
from crmlite.models.base import Record, Table
from crmlite.models.calendar_views import CalendarView
from crmlite.models.calendars import Calendar, Share
from crmlite.models.cards import Card
from crmlite.models.choices import Choice, Pipeline, Setting, Stage
from crmlite.models.contact_points import ContactPoint
from crmlite.models.documents import Document
from crmlite.models.events import Event
from crmlite.models.feeds import Feed
from crmlite.models.imports import Import
from crmlite.models.mentions import Mention
from crmlite.models.merges import Distinction, Merge
from crmlite.models.notes import Note
from crmlite.models.products import Product, Tax
from crmlite.models.quotes import Quote, QuoteLine, frozen
from crmlite.models.statements import statement
from crmlite.models.teams import Membership, Team
from crmlite.models.users import Device, User
from crmlite.models.views import Arrangement, SavedView
from crmlite.rules import directory
from crmlite.rules.actors import OWNED, Actor, in_scope, scope_where
from crmlite.rules.actors import actor as actor  # callers find who acts here too
from crmlite.rules.actors import system as system
from crmlite.rules.actors import visibility_of as visibility_of
from crmlite.rules.calendar_rights import calendar_refusal, event_refusal, sees_calendar, sees_event

LARGEST_ID = 2**31 - 1  # PostgreSQL refuses to compare with more
# Nobody's own: everybody sees them, owners and managers keep them.
HOUSE: dict[str, type[Record]] = {"product": Product}
LISTED = {**OWNED, **HOUSE}
ABOUT = (Note, ContactPoint, Address, Document)  # rows that hang on a record: whoever sees it sees them
CONFIGURATION = (Choice, Pipeline, Stage, Tax, CalendarView)
ADMINISTRATION = (User, Team, Membership, Setting)
READS_ONLY = "Your role can read but not change. Please ask an owner for the role rep."
OWN_PROFILE = frozenset(
    {"name", "zone", "locale", "theme", "colour", "password_hash", "session_key"}
    | {"work_days", "work_from", "work_until", "second_zone", "reminder_mail", "digest_days", "digest_hour"}
)


def visible(model: type[Table], by: Actor) -> ModelSelect:
    """The rows this actor may see, without those in the bin: how every query for a person begins."""
    return model.select().where(visible_where(model, by))


def visible_where(model: type[Table], by: Actor, binned: bool = False) -> Expression:
    """With `binned` what lies in the bin instead, for whoever could see it before."""
    alive = model.deleted_at.is_null(not binned)
    if by.id is None:
        return alive
    if model is Event:
        return alive & sees_event(by)
    if issubclass(model, tuple(OWNED.values())):
        return alive & scope_where(model, by) if by.scope(model.concept) != "all" else alive
    if model is Calendar:
        return alive & sees_calendar(by)
    if model is CalendarView and not by.leads_people:
        return alive & ((CalendarView.user == by.id) | CalendarView.team.in_(sorted(by.team_ids) or [0]))
    if model is Share:
        return alive & Share.calendar.in_(visible(Calendar, by).select(Calendar.id))
    if model is Device or model is Feed:
        return alive & (model.user == by.id)
    if model is Mention:
        return alive & (Mention.person == by.id) & _sees_about(model, by)
    if model in ABOUT:
        return alive & _sees_about(model, by)
    if model is Card:
        return alive & _sees_about(model, by, Card.card_of)
    if model is QuoteLine:
        return alive & QuoteLine.quote.in_(visible(Quote, by).select(Quote.id))
    if model is SavedView:
        return alive & _sees_view(by)
    if model is Arrangement:
        return alive & (model.owner == by.id)
    if model is Import and not by.leads_people:
        return alive & (Import.owner == by.id)
    return alive


def find(model: type[Table], record_id: int, by: Actor) -> Any:
    """The record, if this actor may see it. Raises Missing: a stranger cannot tell hidden from absent."""
    record = look(model, record_id, by)
    if record is None:
        raise Missing(f"This {getattr(model, 'concept', 'record')} does not exist, or it has been deleted.")
    return record


def look(model: type[Table], record_id: int, by: Actor) -> Any:
    """The record, or None where this actor sees none."""
    if not 0 < record_id <= LARGEST_ID:
        return None
    return next(iter(_one(model, by, id=record_id)), None)


@statement
def _one(model: type[Table], by: Actor, id: Any) -> ModelSelect:
    return visible(model, by).where(model.id == id)


def keeps(by: Actor, concept: str) -> bool:
    """Whether the actor may make and change records of this concept at all."""
    return not keeping_refusal(by, concept)


def keeping_refusal(by: Actor, concept: str) -> str:
    if not by.writes:
        return READS_ONLY
    return f"Only owners and managers may change {concept}s." if concept in HOUSE and not by.leads_people else ""


def may(by: Actor, verb: str, record: Record, fields: Iterable[str] = ()) -> bool:
    return not refusal(by, verb, record, fields)


def require(by: Actor, verb: str, record: Record, fields: Iterable[str] = ()) -> None:
    """Raises Forbidden with the reason. Verbs: create, change, delete, restore, erase."""
    if reason := refusal(by, verb, record, fields):
        raise Forbidden(reason)


def refusal(by: Actor, verb: str, record: Record, fields: Iterable[str] = ()) -> str:
    """Why the actor may not, as a sentence; empty when they may."""
    if isinstance(record, User) and verb != "create" and _no_owner_left(record, verb):
        return "This is the only owner left: please make somebody else an owner first."
    if by.id is None:
        return ""
    if verb == "erase":
        return "" if by.leads_people else "Only owners and managers may delete for good."
    if isinstance(record, User) and record.id == by.id and set(fields) <= OWN_PROFILE and verb == "change":
        return ""
    if isinstance(record, ADMINISTRATION):
        return "" if by.role == "owner" else "Only an owner may change this."
    if isinstance(record, CONFIGURATION):
        return "" if by.leads_people else "Only owners and managers may change this list."
    if isinstance(record, tuple(HOUSE.values())):
        return keeping_refusal(by, record.concept)
    if isinstance(record, Device | Feed):
        return "" if record.user_id == by.id else f"A {record.concept} belongs to one person."
    if isinstance(record, Arrangement):
        return "" if record.owner_id == by.id else "Each person arranges their own lists."
    if isinstance(record, SavedView):
        return _view_refusal(by, record)
    if isinstance(record, Calendar | Share):
        return calendar_refusal(by, verb, record if isinstance(record, Calendar) else record.calendar)
    if isinstance(record, Mention) and record.person_id == by.id and verb == "change":
        return ""  # to have read it, readers too
    if not by.writes:
        return READS_ONLY
    if isinstance(record, Merge | Distinction):
        return ""  # rules/merges.py and rules/duplicates.py judge the records it tells of
    if isinstance(record, ContactPoint | Address | Card):
        about_id = record.card_of if isinstance(record, Card) else record.about_id
        owner = look(OWNED[record.about], about_id, by) if record.about in OWNED else None
        return refusal(by, "change", owner) if owner else "The record of this is not there: please open it again."
    if isinstance(record, Mention):
        return "" if record.created_by_id in (by.id, None) or by.leads_people else "This mention is another's."
    if isinstance(record, Document) and record.kind == "picture":
        return ""  # whoever writes and sees the record may give it another face
    if isinstance(record, Note | Document):
        mine = record.owner_id == by.id or (verb != "change" and by.leads_people)
        return "" if mine else f"This {record.concept} is another's."
    if isinstance(record, Event):
        return event_refusal(by, record)
    if isinstance(record, Quote | QuoteLine) and (sentence := _quote_refusal(by, verb, record, fields)):
        return sentence
    if isinstance(record, QuoteLine):
        return ""
    if verb == "delete" and not by.leads_people:
        return "Only owners and managers may delete. You can archive it instead."
    return "" if in_scope(record, by) else "You may not hand this to a person or team outside your own."


def _no_owner_left(user: User, verb: str) -> bool:
    """Whether the house would be without an active owner once this user is written as it is in hand, or deleted."""
    if user.role == "owner" and user.is_active and verb != "delete":
        return False
    owners = [person.id for person in directory.current().people.values() if person.role == "owner" and person.active]
    return owners == [user.id]


def sees_view(view: SavedView, by: Actor) -> bool:
    """`_sees_view` for one in hand: the directory keeps them all."""
    shared = view.audience == "all" or (view.audience == "team" and view.team_id in by.team_ids)
    return by.id is None or view.owner_id == by.id or shared


def _sees_view(by: Actor) -> Expression:
    of_team = (SavedView.audience == "team") & SavedView.team.in_(sorted(by.team_ids) or [0])
    return (SavedView.owner == by.id) | (SavedView.audience == "all") | of_team


def _view_refusal(by: Actor, view: SavedView) -> str:
    """Views are no business data: a reader keeps some too, but only for themselves."""
    if view.owner_id == by.id:
        shares = view.audience != "private" and not by.writes
        return "Your role can keep views for yourself only: please choose “Only me”." if shares else ""
    if by.leads_people and sees_view(view, by):
        return ""
    return "This view is another's: save it under a name of your own instead."


def _quote_refusal(by: Actor, verb: str, record: Quote | QuoteLine, fields: Iterable[str]) -> str:
    """Lines are the quote's: whoever may change it may change them, while it is a draft."""
    if isinstance(record, QuoteLine):
        quote = look(Quote, record.quote_id or 0, by)
        return refusal(by, "change", quote, ("lines",)) if quote else "The quote of this line is not there any more."
    if verb == "delete" and record.is_order:
        return f"{record.reference} is an order: please cancel it before you delete it."
    return frozen(record, frozenset(fields)) if verb == "change" else ""


def _sees_about(hanging: Any, by: Actor, column: Any = None) -> Expression:
    """`column`: which holds the id of the record, where it is not about_id."""
    of = hanging.about_id if column is None else column
    about = [
        (hanging.about == concept) & fn.EXISTS(visible(model, by).where(model.id == of).select(model.id))
        for concept, model in OWNED.items()
    ]
    condition = about[0]
    for one in about[1:]:
        condition |= one
    return condition
