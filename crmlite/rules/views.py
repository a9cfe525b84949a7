"""Saved views of lists and the arrangement in which a list opens."""

from typing import Any

from crmlite.errors import Invalid
from crmlite.models.base import database, is_sqlite
from crmlite.models.views import Arrangement, SavedView
from crmlite.rules import gate
from crmlite.rules.access import Actor, sees_view, visible
from crmlite.rules.directory import Directory

MOST = 100  # of one person in one list: tabs and menus stay readable
NO_ARRANGEMENT = ("", "", "")


def of(section: str, by: Actor, now: Directory) -> list[SavedView]:
    """The views of this list that the actor may open, in the order of their tabs."""
    return [view for view in now.views.values() if view.section == section and sees_view(view, by)]


def keep(section: str, values: dict[str, Any], query: str, by: Actor) -> SavedView:
    _require_audience(values, by)
    mine = visible(SavedView, by).where((SavedView.section == section) & (SavedView.owner == by.id))
    if mine.count() >= MOST:
        raise Invalid(f"You keep {MOST} views of this list: please delete one first.")
    places = [view.position for view in visible(SavedView, by).where(SavedView.section == section)]
    fixed = {"section": section, "query": query, "owner": by.id, "position": max(places, default=0) + 1}
    return gate.create(SavedView, {**values, **fixed}, by, verb="saved")


def edit(view: SavedView, values: dict[str, Any], by: Actor, seen: int | None = None) -> SavedView:
    """Name, audience, pin."""
    if "audience" in values and (values["audience"], values.get("team")) != (view.audience, view.team_id):
        _require_audience(values, by)
    return gate.change(view, values, by, seen)


def shift(view: SavedView, step: int, by: Actor) -> None:
    """One place to the left or right among the tabs."""
    tabs = visible(SavedView, by).where(SavedView.section == view.section)
    places = list(tabs.order_by(SavedView.position, SavedView.id))
    here = next(place for place, one in enumerate(places) if one.id == view.id)
    there = here + step
    if not 0 <= there < len(places):
        raise Invalid("This view stands at the end already.")
    other = places[there]
    place = other.position
    with gate.together():
        # Mine change places; past another's view, whose place is not mine to change, goes only this one.
        if other.owner_id == by.id and place != view.position:
            gate.change(other, {"position": view.position}, by)
        else:
            place += step
        gate.change(view, {"position": place}, by)


def arrangement(section: str, by: Actor) -> tuple[str, str, str]:
    """Columns, sort and density that this person last chose; read for every list page, so as plain SQL."""
    mark = "?" if is_sqlite() else "%s"
    row = database.execute_sql(
        "SELECT columns, sort, density FROM arrangements "
        f"WHERE owner_id = {mark} AND section = {mark} AND deleted_at IS NULL",
        (by.id, section),
    ).fetchone()
    return tuple(row) if row else NO_ARRANGEMENT


def arrange(section: str, values: dict[str, str], by: Actor) -> Arrangement:
    """Remember columns, sort or density of a list."""
    present = visible(Arrangement, by).where(Arrangement.section == section).first()
    if present is not None:
        return gate.change(present, values, by)
    return gate.create(Arrangement, {"section": section, "owner": by.id, **values}, by)


def _require_audience(values: dict[str, Any], by: Actor) -> None:
    audience, team = values.get("audience"), values.get("team")
    if audience == "all" and not by.leads_people:
        raise Invalid(fields={"audience": "Only owners and managers may share with everybody: please choose a team."})
    if audience == "team" and team is not None and team not in by.team_ids:
        raise Invalid(fields={"team": "Please choose a team that you belong to."})
