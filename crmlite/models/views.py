"""How people keep a list: named views of it, and the arrangement it opens in."""

from peewee import BooleanField, IntegerField

from crmlite.models.base import Record, link, text, too_long
from crmlite.models.teams import Team
from crmlite.models.users import User

AUDIENCES = {"private": "Only me", "team": "A team of mine", "all": "Everybody"}
DENSITIES = {"": "Like all lists", "compact": "Compact", "comfortable": "Comfortable"}


class SavedView(Record):
    """`query` is what the address of the list says; `team` whom it is shared with when the audience is a team."""

    concept = "saved_view"

    section = text(30)
    name = text(60)
    query = text(4000)
    audience = text(10)
    pinned = BooleanField(default=True)
    position = IntegerField(default=0)
    owner = link(User)
    team = link(Team)

    class Meta:
        table_name = "saved_views"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        if self.audience != "team":
            self.team = None

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if self.audience not in AUDIENCES:
            found["audience"] = "Please choose who sees this view."
        elif self.audience == "team" and self.team_id is None:
            found["team"] = "Please choose the team that sees this view."
        return found


class Arrangement(Record):
    """What one person last chose for one list; the address has the last word."""

    concept = "arrangement"

    section = text(30)
    columns = text(2000)
    sort = text(80)
    density = text(20)
    owner = link(User)

    class Meta:
        table_name = "arrangements"

    @property
    def label(self) -> str:
        return f"Arrangement of {self.section}"

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if self.density not in DENSITIES:
            found["density"] = "Please choose the height of rows from the list."
        return found
