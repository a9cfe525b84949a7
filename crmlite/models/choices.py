"""Configured lists: what a person picks from. A value in use is retired, never dropped."""

from peewee import BooleanField, IntegerField

from crmlite.models.base import Record, link, text, too_long

KINDS = {
    "source": ("Source", "Sources"),
    "lost_reason": ("Lost reason", "Lost reasons"),
    "event_category": ("Event category", "Event categories"),
    "opportunity_type": ("Opportunity type", "Opportunity types"),
    "job_title": ("Job title", "Job titles"),
    "sector": ("Sector", "Sectors"),
    "partner_category": ("Customer category", "Customer categories"),
    "cancel_reason": ("Cancel reason", "Cancel reasons"),
}
OUTCOMES = {"open": "Open", "won": "Won", "lost": "Lost"}
COLOURS = ("teal", "blue", "green", "orange", "red", "purple", "grey")


class Choice(Record):
    """`asks_text` (lost reasons): choosing it asks for an explanation. `event_kind` (event categories): the kind
    of event it belongs to, empty for all."""

    concept = "choice"

    kind = text(30)
    name = text(80)
    code = text(30)
    position = IntegerField(default=0)
    retired = BooleanField(default=False)
    asks_text = BooleanField(default=False)
    event_kind = text(20)

    class Meta:
        table_name = "choices"
        indexes = ((("kind", "position"), False),)

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.code = self.code.strip().upper()

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if self.kind not in KINDS:
            found["kind"] = "This list does not exist."
        return found


class Pipeline(Record):
    """A way that sales go, with stages of its own."""

    concept = "pipeline"

    name = text(80)
    position = IntegerField(default=0)
    retired = BooleanField(default=False)

    class Meta:
        table_name = "pipelines"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        return found


class Stage(Record):
    """`probability` in percent is proposed to an opportunity that arrives; `idle_days` marks cards that stay
    longer (0 never marks)."""

    concept = "stage"

    pipeline = link(Pipeline, "stages")
    name = text(60)
    position = IntegerField(default=0)
    probability = IntegerField(default=0)
    idle_days = IntegerField(default=0)
    outcome = text(10)
    colour = text(20)
    retired = BooleanField(default=False)

    class Meta:
        table_name = "stages"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if not 0 <= self.probability <= 100:
            found["probability"] = "Please enter a probability between 0 and 100."
        if not 0 <= self.idle_days <= 3650:
            found["idle_days"] = "Please enter a number of days between 0 and 3650."
        if self.outcome not in OUTCOMES:
            found["outcome"] = "Please choose open, won or lost."
        return found


class Setting(Record):
    """A switch an administrator sets. `value` is JSON text."""

    concept = "setting"

    key = text(60, unique=True)
    value = text(250_000)

    class Meta:
        table_name = "settings"


DIRECTORY = (Choice, Pipeline, Stage, Setting)
