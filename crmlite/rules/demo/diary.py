"""Tells what the demo people plan, did and forgot: from the table, and a call and a visit for most sales."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from crmlite.models.calendars import Calendar
from crmlite.models.events import Event, Occurrence
from crmlite.rules import events
from crmlite.rules.access import Actor
from crmlite.rules.demo.agenda import FIRST_CALLS, VISITS, Plan, plans
from crmlite.rules.demo.sales import Sale, sales
from crmlite.rules.demo.story import BEFORE_ALL
from crmlite.rules.demo.telling import Teller, choice

PRIORITIES = {"low": 1, "high": 3, "urgent": 4}
AHEAD = timedelta(days=3)


def tell(teller: Teller) -> None:
    for number, plan in enumerate(plans()):
        _tell_plan(teller, number, plan)
    for number, sale in enumerate(sales()):
        _tell_sale(teller, number, sale)
    _tell_weekly(teller, "retail", "renata", "Retail round", "09:00")
    _tell_weekly(teller, "food", "oskar", "Food and cold round", "10:00")


def _tell_plan(teller: Teller, number: int, plan: Plan) -> None:
    by = teller.actor(plan.owner)
    times, moment = _times(teller, plan, by)
    marks = plan.marks.split(", ")
    values: dict[str, Any] = {
        "kind": plan.kind,
        "subject": plan.subject,
        "owner": by.id,
        "location": plan.location,
        "description": plan.note,
        "category": choice("event_category", plan.category),
        "private": "private" in marks,
        "free": "free" in marks,
        "priority": next((PRIORITIES[mark] for mark in marks if mark in PRIORITIES), 2),
        **times,
    }
    if plan.kind == "call":
        values["call_type"] = "incoming" if "incoming" in marks else "outgoing"
    if plan.alarm:
        values["alarm_minutes"] = int(plan.alarm)

    def make() -> Event:
        concept, _, name = plan.about.partition(": ")
        links = {concept: teller.made[concept, name].id} if name else {}
        home = {"calendar": _of_team(teller, plan.calendar).id} if plan.calendar else {}
        return events.save(None, {**values, **links, **home}, by)

    _play(teller, number, make, moment, plan.status, by, plan.about.partition(": ")[2])


def _tell_sale(teller: Teller, number: int, sale: Sale) -> None:
    """The first call on a working day after the sale began, and a visit when it reached Qualification."""
    by, days = teller.actor(sale.owner), int(sale.days)
    if days > 3:
        call = {"kind": "call", "call_type": "outgoing", "category": choice("event_category", "First call")}
        subject = FIRST_CALLS[number % len(FIRST_CALLS)]
        _tell_past(teller, number, days - 3, 20, {**call, "subject": subject}, sale, by)
    reached = [step.split(":")[1] for step in sale.path.split(", ") if step.startswith("Qualification")]
    if reached and int(reached[0]) > 3:
        visit = {"kind": "meeting", "category": choice("event_category", "Customer meeting")}
        subject = VISITS[number % len(VISITS)]
        _tell_past(teller, number, int(reached[0]) - 3, 60, {**visit, "subject": subject}, sale, by)


def _tell_past(
    teller: Teller, number: int, days: int, minutes: int, values: dict, sale: Sale, by: Actor
) -> None:
    """One in ten was never ticked off, one in fifteen was called off."""
    start = teller.story.ago(days, number).replace(minute=number % 4 * 15, second=0, microsecond=0)
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=minutes)}
    status = "" if number % 10 == 3 else "cancelled" if number % 15 == 7 else "realized"

    def make() -> Event:
        card = teller.made["opportunity", sale.name]
        return events.save(None, {**values, **times, "opportunity": card.id, "owner": by.id}, by)

    _play(teller, number, make, start, status, by, sale.name)


def _tell_weekly(teller: Teller, team: str, owner: str, subject: str, wall: str) -> None:
    """A round every Monday in the team's calendar; the one after next is an hour later and longer."""
    by, story = teller.actor(owner), teller.story
    monday = story.today - timedelta(days=story.today.weekday() + 56)
    start = story.at(monday, wall, by.zone)
    values = {
        "kind": "meeting",
        "subject": subject,
        "location": "Green room",
        "category": choice("event_category", "Internal meeting"),
        "starts_at": start,
        "ends_at": start + timedelta(minutes=45),
        "rrule": "FREQ=WEEKLY",
        "alarm_minutes": 10,
        "owner": by.id,
    }

    def make() -> Event:
        return events.save(None, {**values, "calendar": _of_team(teller, team).id}, by)

    def put_off() -> None:
        event = teller.made["event", subject]
        later = story.at(monday + timedelta(days=70), "11:00", by.zone)
        turn = _turn_on(event, later.date())
        times = {"starts_at": later, "ends_at": later + timedelta(minutes=75)}
        changed = {**times, "subject": f"{subject}, with the figures"}
        events.save(event, changed, by, scope="this", recurrence_id=turn)

    story.then(start - timedelta(days=3), lambda: teller.keep(make(), subject))
    story.then(story.ago(1, 3), put_off)


def _turn_on(event: Event, day: date) -> str:
    turns = Occurrence.select().where(Occurrence.event == event.id)
    return next(turn.recurrence_id for turn in turns if turn.starts_at.date() == day)


def _play(
    teller: Teller,
    number: int,
    make: Callable[[], Event],
    moment: datetime | None,
    status: str,
    by: Actor,
    about: str = "",
) -> None:
    """Planned some days ahead, once what it is about was there; its status is set when it is over, or soon
    when it lies in the future."""
    story = teller.story
    latest = story.ago(1 + number % 4, number)
    known = story.later(teller.since.get(about, story.ago(BEFORE_ALL)))
    planned = max(known, min(moment - AHEAD, latest)) if moment else latest
    kept: list[Event] = []

    def plan() -> None:
        kept.append(make())
        teller.keep(kept[0], kept[0].subject)

    story.then(planned, plan)
    if status:
        over = min(max(moment or planned, planned) + timedelta(hours=1), story.now - timedelta(minutes=30))
        story.then(over, lambda: events.save(kept[0], {"status": status}, by))


def _times(teller: Teller, plan: Plan, by: Actor) -> tuple[dict[str, Any], datetime | None]:
    """The columns of a plan's time, and the moment that it stands for."""
    story, words = teller.story, plan.when.split()
    if not words:
        return {}, None
    if words[0] == "in":
        start = (story.now + timedelta(minutes=int(words[1]))).replace(second=0, microsecond=0)
        start -= timedelta(minutes=start.minute % 5)
        return {"starts_at": start, "ends_at": start + timedelta(minutes=int(plan.length))}, start
    due = words[0] == "due"
    day = story.workday(int(words[1 if due else 0]))
    wall = words[-1] if ":" in words[-1] else ""
    start = story.at(day, wall or "18:00", by.zone)
    if due:
        return {"due_at": start} if wall else {"due_date": day}, start
    if plan.length.endswith("d"):
        end = day + timedelta(days=int(plan.length[:-1]))
        return {"all_day": True, "start_date": day, "end_date": end}, start
    return {"starts_at": start, "ends_at": start + timedelta(minutes=int(plan.length))}, start


def _of_team(teller: Teller, key: str) -> Calendar:
    return Calendar.get((Calendar.team == teller.cast.teams[key].id) & Calendar.deleted_at.is_null())
