"""The markup of a timeline: sixty entries on a page, so by function and not by template."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from crmlite import clock
from crmlite.lists.marks import icon, safe
from crmlite.lists.reader import Reader, day, on_their_clock
from crmlite.lists.timeline_items import Item
from crmlite.models.documents import Document

DOORS = {"caldav": ("smartphone", "on a phone"), "cli": ("monitor", "on the command line")}
UNITS = ("bytes", "kB", "MB", "GB")


def entries(items: Iterable[Item], to: Reader) -> Markup:
    return Markup("".join(_entry(item, to) for item in items))


def _entry(item: Item, to: Reader) -> str:
    state = f" {item.state}" if item.state else ""
    name = f' id="{item.id}"' if item.id else ""
    title = f"<span>{safe(item.title)}</span>" if item.kind == "change" else f"<b>{safe(item.title)}</b>"
    about = f' <span class="faint">on {safe(item.about)}</span>' if item.about else ""
    return (
        f'<li class="entry{state}"{name}><span class="mark">{icon(item.icon)}</span><div>{title}{about} '
        f"{moment(item, to)}{_notices(item)}{_own(item)}{_door(item)}{_body(item)}{_files(item, to)}</div></li>\n"
    )


def document(one: Document, to: Reader) -> Markup:
    """A file: its small picture or a sign, its name, whose it is, and the button of whoever may delete it."""
    here, by = f"/documents/{one.id}", to.by
    face = (
        f'<a href="{here}" tabindex="-1" aria-hidden="true"><img src="{here}/thumbnail" alt="" loading="lazy"></a>'
        if one.preview
        else f'<span class="kind">{icon("file-text")}</span>'
    )
    who = escape(to.directory.person_name(one.owner_id) or "Somebody")
    away = ""
    if by.writes and (one.owner_id == by.id or by.leads_people):
        away = _deletion(here, escape(f"Delete {one.name}"), "icon")
    return Markup(
        f'<div class="document">{face}\n<div><a href="{here}">{escape(one.name)}</a><small class="faint">'
        f"{weight(one.size)}, {who}, {_time(one.created_at, to)}</small></div>{away}</div>"
    )


def weight(size: int) -> str:
    """Bytes as people read them: 512 bytes, 3.4 kB."""
    if size < 1000:
        return f"{size} {'byte' if size == 1 else 'bytes'}"
    step = 1 + (size >= 10**6) + (size >= 10**9)
    return f"{size / 1000**step:.1f} {UNITS[step]}"


def _time(at: datetime, to: Reader, words: str = "") -> str:
    """A moment relative to today, exactly in its title. The wall clock is read once for both."""
    wall = clock.to_wall(at, to.by.zone)
    near = words or f"{_near(wall.date(), to)} {wall:%H:%M}"
    return f'<time datetime="{at.isoformat()}" title="{wall:%Y-%m-%d %H:%M} {to.by.zone}">{near}</time>'


def _near(on: date, to: Reader) -> str:
    key = ("near", on)
    if key not in to.shown:
        to.shown[key] = day(on, to)
    return to.shown[key]


def moment(item: Item, to: Reader) -> Markup:
    """When it was or will be, relative to today; the day alone of an event that takes whole days."""
    if item.at is None:
        return Markup('<span class="when">without a date</span>')
    return Markup(_time(item.at, to, _whole_day(item.event, item.at, to)))  # noqa: S704 - of dates and a zone's name


def _whole_day(event: Any, at: datetime, to: Reader) -> str:
    if event is None or not event.all_day:
        return ""
    once = None if event.recurring else event.start_date
    return day(once or on_their_clock(at, event.owner_id, to), to)


def _notices(item: Item) -> str:
    found = ""
    if item.note is not None and item.note.version > 1:
        found += ' <span class="when">edited</span>'
    if item.event is not None and item.event.recurring:
        found += f" {icon('refresh-cw', label='Repeats')}"
    if item.state == "late":
        found += ' <span class="badge red">Overdue</span>'
    elif item.event is not None and item.event.status == "cancelled":
        found += ' <span class="badge">Cancelled</span>'
    return found


def _own(item: Item) -> str:
    """What may be done to a note."""
    if not item.may:
        return ""
    here = f"/notes/{item.note.id}"
    edit = (
        f'<a class="icon small" href="{here}/form" hx-get="{here}/form" hx-target="#{item.id} .said" '
        f'hx-swap="outerHTML" aria-label="Edit note" title="Edit note">{icon("pencil")}</a>'
        if "change" in item.may
        else ""
    )
    away = _deletion(here, "Delete note", "icon small") if "delete" in item.may else ""
    return f'<span class="own">{edit}{away}</span>'


def _deletion(here: str, words: str, look: str) -> str:
    return (
        f'<form method="post" action="{here}/deletion" hx-post="{here}/deletion" hx-swap="none">'
        f'<button class="{look}" aria-label="{words}" title="{words}">{icon("trash-2")}</button></form>'
    )


def _door(item: Item) -> str:
    return _from_door(item.door) if item.door in DOORS else ""


@lru_cache(maxsize=len(DOORS))
def _from_door(door: str) -> str:
    sign, words = DOORS[door]
    return f'<p class="note">{icon(sign)}{words}</p>'


def _body(item: Item) -> str:
    if item.kind == "note":
        return f'<p class="said">{safe(item.body)}</p>'
    return f"<p>{safe(item.body)}</p>" if item.body else ""


def _files(item: Item, to: Reader) -> str:
    if not item.documents:
        return ""
    return f'<div class="files">{"".join(document(one, to) for one in item.documents)}</div>'
