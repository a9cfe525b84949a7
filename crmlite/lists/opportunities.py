"""Opportunities as rows."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from markupsafe import Markup, escape
from peewee import Expression, fn

from crmlite.errors import Invalid
from crmlite.lists import marks, people
from crmlite.lists.kinds import DATE, LONG_TEXT, MOMENT, MONEY, PERCENT, TEXT, Kind, choice, record
from crmlite.lists.products import CURRENCY
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec, Sum, View
from crmlite.models.opportunities import Opportunity
from crmlite.rules import agenda, inks, opportunities
from crmlite.rules.access import Actor
from crmlite.rules.losses import lost_values

SOON = timedelta(days=15)
IS_OPEN = Opportunity.outcome == "open"
# Where no best or worst case is given, the amount stands for it.
CASES = {
    name: fn.COALESCE(getattr(Opportunity, name), Opportunity.amount) for name in ("best_case", "worst_case")
}
TONES = {"won": "green", "lost": "red"}
SIGNS = {"won": "trophy", "lost": "circle-x"}
REASON = "A reason is asked for when an opportunity is lost: please use Lost."
CLOSED_ON = "coalesce(closed_at, '9999-12-31 00:00:00+00')"
NOBODYS = "References are given by the program."


def _read_stage(text: str, to: Reader, currency: str) -> int:
    found = to.directory.stages.get(int(text)) if text.strip().isdigit() and len(text) < 10 else None
    if found is None:
        raise Invalid("Please choose a stage from the list.")
    return found.id


def _show_stage(value: int | None, to: Reader) -> str:
    key = ("stage", value)
    if key not in to.shown:
        stage = to.directory.stages.get(value or 0)
        outcome = stage.outcome if stage else "open"
        badge = marks.badge(stage.name if stage else "", TONES.get(outcome, "grey"), SIGNS.get(outcome, ""))
        to.shown[key] = badge.strip()
    return to.shown[key]


def _stages(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
    """With several pipelines each is named with its own."""
    lines = to.directory.pipelines_on_offer()
    return [
        (stage.id, stage.name if len(lines) < 2 else f"{to.directory.pipelines[stage.pipeline_id].name}: {stage.name}")
        for stage in to.directory.stages_on_offer(value)
    ]


STAGE = Kind("stage", _read_stage, _show_stage, "select", options=_stages)


def closing_soon(to: Reader) -> Expression:
    return Opportunity.expected_close_date < to.today + SOON


def name(row: Any) -> str:
    return marks.name_link("opportunities", row.id, row.name)


def ink(row: Any, to: Reader) -> str:
    return inks.ink(row, to.today, to.now)


def row_marks(row: Any, to: Reader) -> str:
    """What the colour says, in words. Won and lost say so in their stage."""
    colour = ink(row, to)
    if colour == "blue":
        return marks.badge(f"{(to.now - row.created_at).days} d old", "blue")
    if colour not in ("red", "orange"):
        return Markup()
    left = (row.expected_close_date - to.today).days
    word = f"{-left} d overdue" if left < 0 else f"{left} d left" if left else "closes today"
    return marks.badge(word, colour)


def acts(row: Any, to: Reader) -> str:
    """Take charge where it is not mine, the next stage, won and lost while it is open, plan, and more."""
    open_still = row.outcome == "open" and to.by.writes
    shared = marks.acts("opportunity", row, row.owner_id == to.by.id, "", take=open_still)
    return _closing_acts(row, to) + shared if open_still else shared


def _closing_acts(row: Any, to: Reader) -> Markup:
    won = marks.does("stage", "Won", "trophy", "stage", str(opportunities.closing_stage("won", row, to.directory).id))
    following = opportunities.next_stage(row, to.directory)
    further = Markup()
    if following:
        further = marks.does("stage", f"Next stage: {following.name}", "arrow-right", "stage", str(following.id))
    return further + won + marks.opens("loss", "Lost", "circle-x")


def probability_cell(row: Any, to: Reader) -> str:
    """A bar, and its figure beside it."""
    return Markup('<span class="chance"><meter value="{0}" max="100" aria-hidden="true"></meter>{0} %</span>').format(
        row.probability
    )


def locked(record: Any, field: str) -> str:
    """A closed one is read-only until another stage reopens it."""
    return opportunities.CLOSED if record.outcome != "open" and field != "stage" else ""


def _take(field: str, value: str, by: Actor) -> Callable[[Any], Opportunity]:
    return lambda record: opportunities.take(record, by)


def _lose(reason: str, text: str, by: Actor) -> Callable[[Any], Opportunity]:
    """Raises Invalid before anything is lost without a reason."""
    reason_id = int(reason) if reason.isdigit() and len(reason) < 10 else None
    lost_values("opportunity", reason_id, text)
    return lambda record: opportunities.lose(record, reason_id, text, by)


def reason_cell(row: Any, to: Reader) -> str:
    return escape(to.directory.choice_name(row.lost_reason_id))


SPEC = ListSpec(
    concept="opportunity",
    section="opportunities",
    title="Opportunities",
    one="opportunity",
    model=Opportunity,
    order="expected_close_date",
    columns=(
        Column("reference", "Reference", TEXT, sort="reference", fixed=NOBODYS, shown=True),
        Column("name", "Name", TEXT, sort="sort_name"),
        Column("partner", "Customer", record("partner"), shown=True, leads=True),
        Column("lead", "Lead", record("lead"), leads=True),
        Column("contact", "Contact", record("contact")),
        Column("stage", "Stage", STAGE, sort="@", shown=True, leads=True),
        Column("amount", "Amount", MONEY, sort="amount", total=True, shown=True),
        Column("currency", "Currency", CURRENCY),
        Column("best_case", "Best case", MONEY, hint="If all goes well. Left empty, the amount counts."),
        Column("worst_case", "Worst case", MONEY, hint="If little comes of it. Left empty, the amount counts."),
        Column("probability", "Probability", PERCENT, sort="probability", shown=True),
        Column(
            "expected_close_date", "Close date", DATE,
            sort="coalesce(expected_close_date, '9999-12-31')", shown=True,
        ),
        Column("closed_at", "Closed", MOMENT, sort=CLOSED_ON, fixed=people.STAMPED),
        *people.FOLLOW_UP,
        Column("type", "Type", choice("opportunity_type"), sort="@"),
        Column("next_step", "Next step", TEXT, hint="What is to be done next."),
        people.SOURCE,
        Column("lost_reason", "Lost reason", choice("lost_reason"), fixed=REASON),
        Column("lost_text", "Why it was lost", TEXT, fixed=REASON),
        Column("description", "Description", LONG_TEXT),
        Column("customer_description", "Customer description", LONG_TEXT, switch="customer_description"),
        Column("memo", "Memo", LONG_TEXT),
        *people.STAMPS,
    ),  # fmt: skip
    views=(
        View("open", "Open", lambda by, to: IS_OPEN),
        View("mine", "Mine", lambda by, to: IS_OPEN & (Opportunity.owner == by.id)),
        View("unassigned", "Unassigned", lambda by, to: IS_OPEN & Opportunity.owner.is_null()),
        View("team", "My team", lambda by, to: IS_OPEN & Opportunity.team.in_(sorted(by.team_ids) or [0])),
        View("idle", "No next step", lambda by, to: IS_OPEN & agenda.has_no_next_step(by, to.today)),
        View("closing", "Closing in 15 days", lambda by, to: IS_OPEN & closing_soon(to)),
        View("won", "Won", lambda by, to: Opportunity.outcome == "won"),
        View("lost", "Lost", lambda by, to: Opportunity.outcome == "lost"),
        View("all", "All", lambda by, to: None),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    needs=(
        "name", "outcome", "stage", "owner", "expected_close_date", "created_at", "currency", "probability",
        "lost_reason",
    ),  # fmt: skip
    edit=opportunities.edit,
    create=opportunities.create,
    ink=ink,
    marks=row_marks,
    acts=acts,
    cells={"probability": probability_cell, "lost_reason": reason_cell},
    locked=locked,
    verbs={"take": _take, "lose": _lose},
    sums=(
        Sum("Weighted", Opportunity.amount * Opportunity.probability, 100),
        Sum("Best case", CASES["best_case"], column="best_case"),
        Sum("Worst case", CASES["worst_case"], column="worst_case"),
    ),
    mean="probability",
    counted=25_000,
    groups=(
        ("Opportunity", ("name", "partner", "contact", "lead", "type", "source")),
        ("Forecast", ("stage", "probability", "amount", "currency", "best_case", "worst_case", "expected_close_date")),
        ("Follow-up", ("owner", "team", "next_step")),
        ("Description", ("description",)),
        ("Customer description", ("customer_description",)),
        ("Memo", ("memo",)),
    ),
    empty="No opportunities here yet. An opportunity is a sale that may come about.",
    boarded=True,
)  # fmt: skip
