"""What a person may do where: read their home, read or write the calendars that stand in it, nothing else."""

from radicale.rights import BaseRights

from crmlite.calendar import visit
from crmlite.calendar.visit import BOOK


class Rights(BaseRights):
    def authorization(self, user: str, user_groups: set, path: str) -> str:
        """ "R" lets read what is no calendar, "r" and "w" read and write one and what it holds. Without "W"
        nobody deletes a home."""
        here = visit.current.get()
        parts = path.strip("/").split("/") if path.strip("/") else []
        if not parts or (len(parts) == 1 and parts[0] == here.slug):
            return "R"
        if parts[0] != here.slug:
            return ""
        if parts[1] == BOOK:
            return ("rw" if here.actor.writes else "r") if here.has_book else ""
        if here.scope == "contacts":
            return ""
        place = here.home.get(parts[1])
        if place is None:
            return "rw" if here.actor.writes else "r"  # a calendar yet to be made
        return "rw" if place.writable else "r"
