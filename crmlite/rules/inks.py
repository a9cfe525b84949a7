"""The colours of an opportunity, as words: its row, its closing date, the edge of its card."""

from datetime import date, datetime, timedelta
from typing import Any

from crmlite.models.choices import Stage

OLD = timedelta(days=7)


def ink(opportunity: Any, today: date, now: datetime) -> str:
    """Colour word of the row (SEED-62 to 67, crm-reference 9 A2): won and lost fill the row; then red at 7
    days or overdue, orange below 15 days, blue older than 7 days, else plain."""
    if opportunity.outcome in ("won", "lost"):
        return f"fill-{'green' if opportunity.outcome == 'won' else 'red'}"
    return urgency(opportunity.expected_close_date, today) or (
        "blue" if now - opportunity.created_at > OLD else "plain"
    )


def urgency(closing: date | None, today: date) -> str:
    """Colour word of an open opportunity's closing date."""
    if closing is None:
        return ""
    left = (closing - today).days
    if left <= 7:
        return "red"
    return "orange" if left < 15 else ""


def edge(probability: int | None) -> str:
    """Colour word of the card's left edge (SEED-68 to 71, crm-reference 9 A3)."""
    percent = probability or 0
    if percent <= 25:
        return "red"
    if percent >= 75:
        return "green"
    return "black" if percent >= 50 else "orange"


def idle(opportunity: Any, stage: Stage, now: datetime) -> bool:
    return is_idle((now - opportunity.stage_since).days, stage)


def is_idle(days: int, stage: Stage) -> bool:
    """Whether a card has stood in a stage longer than the stage allows; 0 allows for ever."""
    return bool(stage.idle_days) and days > stage.idle_days
