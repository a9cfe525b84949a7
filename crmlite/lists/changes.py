"""Entries of the journal as sentences: who did what to a record, with before and after."""

from typing import Any

from markupsafe import Markup, escape

from crmlite.lists.kinds import record_link, typed
from crmlite.lists.reader import Reader, money
from crmlite.lists.spec import Column, ListSpec
from crmlite.lists.timeline_items import ICONS, Item
from crmlite.models.base import revive
from crmlite.models.journal import Entry

SENTENCES = {
    "created": "created this",
    "assigned": "took this over",
    "started": "started this",
    "converted": "converted this",
    "lost": "marked this as lost",
    "recycled": "took this up again",
    "deleted": "deleted this",
    "restored": "restored this",
    "archived": "archived this",
    "unarchived": "took this out of the archive",
    "won": "marked this as won",
    "reopened": "reopened this",
    "undid": "undid a change",
    "finalized": "finalized this",
    "sent": "marked this as sent",
    "confirmed": "confirmed this as an order",
    "completed": "completed this order",
    "cancelled": "cancelled this",
    "answered": "answered the invitation",
    "noted": "put down what a guest answered",
    "superseded": "replaced this by a further version",
}
HANGING = {"contact_point": "the further contact detail", "address": "the further address"}
HUNG = {"created": "added", "deleted": "removed", "restored": "restored", "undid": "changed back"}
QUIET = {"position", "sort_name", "full_name", "stage_since", "closed_at", "outcome", "version", "currency"}


def of_entry(spec: ListSpec, entry: Entry, to: Reader) -> Item | None:
    """What an entry about the record itself tells; None where it changed nothing that people look at."""
    who = escape(to.directory.person_name(entry.actor_id) or "crmlite")
    icon = ICONS.get(entry.verb, ICONS["change"])
    if entry.verb == "settled":
        return None  # the sums follow the lines, which are told
    if entry.verb in SENTENCES and entry.verb != "undid":
        return Item("change", icon, Markup(f"{who} {SENTENCES[entry.verb]}"), entry.at, door=entry.door)
    parts = [part for name in entry.after if name not in QUIET and (part := _difference(spec, entry, name, to))]
    if not parts:
        return None
    did = "undid:" if entry.verb == "undid" else "changed"
    return Item("change", icon, Markup(f"{who} {did} {', '.join(parts)}"), entry.at, door=entry.door)


def of_hanging(entry: Entry, to: Reader) -> Item:
    """What was added, changed and taken away of a row that hangs on the record."""
    who = to.directory.person_name(entry.actor_id) or "crmlite"
    title = Markup("%s %s %s <b>%s</b>") % (who, HUNG.get(entry.verb, "changed"), HANGING[entry.concept], entry.label)
    return Item("change", ICONS.get(entry.verb, ICONS["change"]), title, entry.at, door=entry.door)


def of_lines(run: list[Entry], to: Reader) -> Item:
    """What somebody did to the lines of a quote in one sitting, the last change first."""
    who = to.directory.person_name(run[0].actor_id) or "crmlite"
    number = len({entry.record_id for entry in run})
    if number == 1:
        did = HUNG.get(run[0].verb, "changed") if len(run) == 1 else "changed"
        title = Markup("%s %s the line <b>%s</b>") % (who, did, run[0].label)
    else:
        title = Markup("%s changed %d lines") % (who, number)
    return Item("change", ICONS["change"], title, run[0].at, door=run[0].door)


def _difference(spec: ListSpec, entry: Entry, name: str, to: Reader) -> str:
    """The change of one column as safe HTML; empty for one that the list does not have."""
    column = spec.column(name)
    if column is None:
        return ""
    if column.kind.name == "long_text":
        return f"<b>{escape(column.label)}</b>"
    old, new = (escape(_words(spec, column, values.get(name), to)) for values in (entry.before, entry.after))
    return f"<b>{escape(column.label)}</b> <del>{old or 'empty'}</del> → {new or 'empty'}"


def _words(spec: ListSpec, column: Column, value: Any, to: Reader) -> str:
    if value in (None, ""):
        return ""
    if column.kind.name == "money":
        return money(value, to.directory.currency, to)
    if column.kind.concept:
        return record_link(column.kind.concept, value, typed(column.kind, value, "", to).rpartition(" #")[0])
    if column.kind.options:
        return next((word for key, word in column.kind.options(to, value) if key == value), value)
    return column.kind.show(revive(spec.model, column.name, value), to)
