"""Named sets of calendars with an entry in the menu: calendar configurations, as the manual calls them."""

import json

from peewee import BooleanField

from crmlite.models.base import Record, link, text, too_long
from crmlite.models.teams import Team
from crmlite.models.users import User

PARENTS = {
    "calendar": "Calendar",
    "today": "Today",
    "leads": "Leads",
    "partners": "Customers",
    "contacts": "Contacts",
    "opportunities": "Opportunities",
    "quotes": "Quotes",
    "reports": "Reports",
}
MOST_FOLLOWED = 50


class CalendarView(Record):
    """For `user`, for the members of `team`, or for both; either one is enough. `calendars` holds the ids of those it
    follows, as JSON text. With `in_menu` it stands below the entry `parent` of the menu, for those alone."""

    concept = "calendar_view"

    name = text(60)
    user = link(User)
    team = link(Team)
    calendars = text(2000)
    parent = text(20)
    in_menu = BooleanField(default=False)

    class Meta:
        table_name = "calendar_views"

    @property
    def followed(self) -> list[int]:
        return json.loads(self.calendars) if self.calendars else []

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if not self.user_id and not self.team_id:
            found["user"] = "Please choose whom it is for: a person or a team."
        if not self.followed:
            found["calendars"] = "Please tick the calendars to follow."
        elif len(self.followed) > MOST_FOLLOWED:
            found["calendars"] = f"Please follow at most {MOST_FOLLOWED} calendars."
        if self.parent not in PARENTS:
            found["parent"] = "Please choose the menu that it stands below."
        return found
