"""The lists and stages a new installation begins with."""

from crmlite.models.choices import Choice, Pipeline, Stage
from crmlite.rules import gate
from crmlite.rules.access import Actor

CHOICES: dict[str, tuple[str, ...]] = {
    "source": ("Website", "Word of mouth", "Trade fair", "Partner", "Seminar", "Direct mail", "Cold call", "Other"),
    "lost_reason": ("Price too high", "Chose a competitor", "No budget", "No answer", "Project stopped", "Other"),
    "opportunity_type": ("New", "Existing", "Recurring"),
    "job_title": ("Managing director", "Purchasing manager", "Operations director", "Project lead", "Consultant"),
    "sector": ("Manufacturing", "Retail", "Logistics", "Hospitality", "Health", "Construction", "Services"),
    "partner_category": ("Key account", "Small business", "Reseller", "Public body"),
    "cancel_reason": ("Price too high", "Chose a competitor", "Made by mistake", "Other"),
}
CATEGORIES: tuple[tuple[str, str], ...] = (
    ("Customer meeting", "meeting"),
    ("Internal meeting", "meeting"),
    ("Training", "meeting"),
    ("First call", "call"),
    ("Follow-up call", "call"),
    ("Paperwork", "task"),
)
STAGES: tuple[tuple[str, int, int, str, str], ...] = (
    ("New", 10, 14, "open", "blue"),
    ("Qualification", 30, 14, "open", "teal"),
    ("Proposition", 50, 21, "open", "purple"),
    ("Negotiation", 75, 21, "open", "orange"),
    ("Closed won", 100, 0, "won", "green"),
    ("Closed lost", 0, 0, "lost", "red"),
)


def install_defaults(by: Actor) -> None:
    """Fill the configured lists of an empty database; does nothing where there are stages already."""
    with gate.together():
        if Stage.select().exists():
            return
        pipeline = gate.create(Pipeline, {"name": "Sales pipeline"}, by)
        for position, (name, probability, idle_days, outcome, colour) in enumerate(STAGES):
            gate.create(
                Stage,
                {
                    "pipeline": pipeline.id,
                    "name": name,
                    "position": position,
                    "probability": probability,
                    "idle_days": idle_days,
                    "outcome": outcome,
                    "colour": colour,
                },
                by,
            )
        for kind, names in CHOICES.items():
            for position, name in enumerate(names):
                asks = kind in ("lost_reason", "cancel_reason") and name == "Other"
                gate.create(Choice, {"kind": kind, "name": name, "position": position, "asks_text": asks}, by)
        for position, (name, event_kind) in enumerate(CATEGORIES):
            values = {"kind": "event_category", "name": name, "position": position, "event_kind": event_kind}
            gate.create(Choice, values, by)
