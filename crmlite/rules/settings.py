"""Switches an administrator sets."""

import json
import re
from typing import Any

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.choices import Setting
from crmlite.models.users import ROLES
from crmlite.rules import directory, gate
from crmlite.rules.access import OWNED, Actor, require
from crmlite.rules.actors import DEFAULT_VISIBILITY, SCOPES

CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_NAME = 120
# The switches of the page Sales; each is off until somebody turns it on.
SALES_SWITCHES = ("customer_description", "order_closes_opportunity")
SETTABLE_ROLES = tuple(role for role in ROLES if role != "owner")


def put_setting(key: str, value: Any, by: Actor) -> Setting:
    text = json.dumps(value)
    setting = Setting.get_or_none(Setting.key == key)
    if setting is None:
        return gate.create(Setting, {"key": key, "value": text}, by)
    return gate.change(setting, {"value": text}, by)


def set_organisation(name: str, currency: str, zone: str, by: Actor) -> None:
    """What new records and new people begin with. Raises Invalid by field."""
    name = " ".join(name.split())
    found = {}
    if len(name) > LONGEST_NAME:
        found["organisation"] = f"Please keep the name within {LONGEST_NAME} characters."
    if not CURRENCY.fullmatch(currency):
        found["currency"] = "Please choose a currency by its three letters, such as EUR."
    if zone not in clock.zone_names():
        found["zone"] = "Please choose a time zone from the list, such as Europe/Paris."
    if found:
        raise Invalid(fields=found)
    with gate.together():
        for key, value in (("organisation", name), ("currency", currency), ("zone", zone)):
            if directory.current().settings[key] != value:
                put_setting(key, value, by)


def set_assignable(team_ids: set[int], by: Actor) -> None:
    """Customers and contacts go to members of these teams; to everybody where none is named. Raises Invalid."""
    if not team_ids <= set(directory.current().teams):
        raise Invalid(fields={"teams": "This team does not exist: please choose from the list."})
    put_setting("assignable_teams", sorted(team_ids), by)


def set_sales(on: set[str], by: Actor) -> None:
    """Of the switches of the page Sales turn these on and the others off."""
    require(by, "change", Setting())
    with gate.together():
        for key in SALES_SWITCHES:
            if directory.current().settings[key] != (key in on):
                put_setting(key, key in on, by)


def set_visibility(wanted: dict[str, dict[str, str]], by: Actor) -> None:
    """Role -> concept -> own, team or all, for what is named; an owner always sees everything. Raises
    Invalid."""
    for role, scopes in wanted.items():
        if role not in SETTABLE_ROLES:
            raise Invalid(f"The visibility of the role “{role}” cannot be set.")
        for concept, scope in scopes.items():
            if concept not in OWNED or scope not in SCOPES:
                raise Invalid("Please choose own, team or all for each kind of record.")
    stored = directory.current().settings["visibility"]
    merged = {r: {**DEFAULT_VISIBILITY[r], **stored.get(r, {}), **wanted.get(r, {})} for r in SETTABLE_ROLES}
    put_setting("visibility", merged, by)
