"""People at partners."""

from crmlite.models.base import link, text
from crmlite.models.partners import Partner
from crmlite.models.people import LANGUAGES, Reachable


class Contact(Reachable):
    concept = "contact"

    partner = link(Partner, "contacts")
    reports_to = link("self", "reports")
    language = text(10)
    time_slot = text(120)

    class Meta:
        table_name = "contacts"

    def problems(self) -> dict[str, str]:
        found = super().problems()
        if self.reports_to_id and self.reports_to_id == self.id:
            found["reports_to"] = "A contact cannot report to themselves: please choose another."
        if self.language not in LANGUAGES:
            found["language"] = "Please choose a language from the list."
        return found
