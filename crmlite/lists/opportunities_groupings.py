"""Ways to make columns of opportunities: by stage, owner, team, close month, type."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from peewee import Expression, ForeignKeyField

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.lists.board_spec import Grouping, Stack, Wish
from crmlite.lists.reader import MONTHS, Reader
from crmlite.models.choices import Stage
from crmlite.models.opportunities import Opportunity

NONE = "none"
EARLIER, LATER = "earlier", "later"
MONTHS_AHEAD = 5
CROWD = 12  # with more people than this, only those who have cards or work with the reader get a column
OVER = "This month is over: please drop the card on a coming month, or give it a day on its page."
FAR = "“Later” is no month: please give the card a day on its page."


def pipelines(to: Reader) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in to.directory.pipelines_on_offer()]


def within(model: Any, asked: Wish, to: Reader) -> Expression:
    """The open stages of the pipeline that is shown."""
    return model.stage.in_([stage.id for stage in _stages(asked, to) if stage.outcome == "open"] or [0])


def closings(asked: Wish, to: Reader) -> tuple[Stack, ...]:
    """What was won or lost this month, a stack for each closed stage."""
    month, _ = clock.day_bounds(to.today.replace(day=1), to.by.zone)
    found = []
    for stage in _stages(asked, to):
        if stage.outcome != "open":
            word = stage.name.removeprefix("Closed ").capitalize()
            inside = Opportunity.stage == stage.id
            found.append(Stack(str(stage.id), f"{word} this month", inside, stage.outcome, month, stage.colour))
    return tuple(found)


def _stages(asked: Wish, to: Reader) -> list[Stage]:
    pipeline = asked.pipeline or pipelines(to)[0][0]
    return [stage for stage in to.directory.stages_on_offer() if stage.pipeline_id == pipeline]


def _stage_stacks(asked: Wish, held: set[str], to: Reader) -> tuple[Stack, ...]:
    """The open stages and what was won this month; lost where it is asked for."""
    opened = [
        Stack(str(stage.id), stage.name, Opportunity.stage == stage.id, colour=stage.colour)
        for stage in _stages(asked, to)
        if stage.outcome == "open"
    ]
    closed = closings(asked, to) if asked.view not in WITHOUT_CLOSED else ()
    return (*opened, *(one for one in closed if one.look == "won" or asked.lost))


def _owner_stacks(asked: Wish, held: set[str], to: Reader) -> tuple[Stack, ...]:
    """I am the first, nobody the last."""
    people = [one for one in to.directory.people.values() if one.active and one.role != "reader"]
    if to.by.scope("opportunity") != "all" or len(people) > CROWD:
        people = [one for one in people if one.id in to.by.mates]
    shown = {one.id: one for one in people} | {
        one.id: one for one in to.directory.people.values() if str(one.id) in held
    }
    ordered = sorted(shown.values(), key=lambda one: (one.id != to.by.id, one.name))
    return (
        *(Stack(str(one.id), one.name, Opportunity.owner == one.id, person=one) for one in ordered),
        Stack(NONE, "Nobody", Opportunity.owner.is_null()),
    )


def _team_stacks(asked: Wish, held: set[str], to: Reader) -> tuple[Stack, ...]:
    everybody = to.by.scope("opportunity") == "all"
    teams = [
        one
        for one in to.directory.teams.values()
        if str(one.id) in held or (not one.retired and (everybody or one.id in to.by.team_ids))
    ]
    return _listed(((one.id, one.name) for one in teams), Opportunity.team, "No team")


def _type_stacks(asked: Wish, held: set[str], to: Reader) -> tuple[Stack, ...]:
    kind = "opportunity_type"
    types = [c for c in to.directory.choices.values() if c.kind == kind and (not c.retired or str(c.id) in held)]
    return _listed(((one.id, one.name) for one in types), Opportunity.type, "No type")


def _listed(values: Iterable[tuple[int, str]], field: ForeignKeyField, nothing: str) -> tuple[Stack, ...]:
    stacks = [Stack(str(number), name, field == number) for number, name in values]
    return (*stacks, Stack(NONE, nothing, field.is_null()))


def _month_stacks(asked: Wish, held: set[str], to: Reader) -> tuple[Stack, ...]:
    """This month and those ahead; what should have closed before, and what comes later, where there is any."""
    field = Opportunity.expected_close_date
    firsts = [_month_after(to.today, step) for step in range(MONTHS_AHEAD + 2)]
    months = [
        Stack(f"{first:%Y-%m}", _month_name(first, to), field.between(first, _last_day(first))) for first in firsts[:-1]
    ]
    before = Stack(EARLIER, "Earlier", field < firsts[0], full=OVER)
    later = Stack(LATER, "Later", field >= firsts[-1], full=FAR)
    return (
        *([before] if EARLIER in held else []),
        *months,
        *([later] if LATER in held else []),
        Stack(NONE, "No date", field.is_null()),
    )


def _month_key(value: Any, to: Reader) -> str:
    if value is None:
        return NONE
    text = value if isinstance(value, str) else value.isoformat()
    first, after = _month_after(to.today, 0), _month_after(to.today, MONTHS_AHEAD + 1)
    if text < first.isoformat():
        return EARLIER
    return text[:7] if text < after.isoformat() else LATER


def into_month(closing: date | None, month: str, to: Reader) -> date | None:
    """The same day of that month, or its last; never a day that is over. Raises Invalid for what is no month."""
    if month == NONE:
        return None
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Invalid(OVER if month == EARLIER else FAR) from error
    if _month_key(closing, to) == month:
        return closing
    last = _last_day(first)
    wanted = last if closing is None else first.replace(day=min(closing.day, last.day))
    return min(max(wanted, to.today), last)


def _month_after(day: date, step: int) -> date:
    number = day.year * 12 + day.month - 1 + step
    return date(number // 12, number % 12 + 1, 1)


def _last_day(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _month_name(first: date, to: Reader) -> str:
    name = MONTHS[to.locale][first.month - 1]
    return name if first.year == to.today.year else f"{name} {first.year}"


def _number_key(value: Any, to: Reader) -> str:
    return NONE if value is None else str(value)


def _number(key: str) -> int | None:
    """Raises Invalid for what names no column."""
    if key == NONE:
        return None
    if not key.isdigit() or len(key) > 9:
        raise Invalid("This column does not exist: please load the page again.")
    return int(key)


WITHOUT_CLOSED = ("idle", "closing")
GROUPINGS = (
    Grouping(
        "stage", "Stage", "stage", _number_key, _stage_stacks, lambda record, key, to: {"stage": _number(key)}, True
    ),
    Grouping("owner", "Owner", "owner", _number_key, _owner_stacks, lambda record, key, to: {"owner": _number(key)}),
    Grouping("team", "Team", "team", _number_key, _team_stacks, lambda record, key, to: {"team": _number(key)}),
    Grouping(
        "month", "Close month", "expected_close_date", _month_key, _month_stacks,
        lambda record, key, to: {
            "expected_close_date": into_month(record.expected_close_date if record else None, key, to)
        },
    ),
    Grouping("type", "Type", "type", _number_key, _type_stacks, lambda record, key, to: {"type": _number(key)}),
)  # fmt: skip
