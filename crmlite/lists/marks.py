"""Small pieces of a row: links, badges, icons, the row's own buttons. Safe HTML, cheap, the same for every concept."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from crmlite.assets import asset
from crmlite.lists.kinds import PERSON
from crmlite.lists.reader import Reader

ICONS = asset("icons.svg")


@lru_cache(maxsize=200)
def icon(name: str) -> Markup:
    return Markup('<svg class="i" aria-hidden="true"><use href="%s#%s"/></svg>') % (ICONS, name)


def badge(word: str, tone: str = "grey", icon_name: str = "") -> Markup:
    if icon_name:
        return Markup(' <span class="badge %s">%s%s</span>') % (tone, icon(icon_name), word)
    return Markup(' <span class="badge %s">%s</span>') % (tone, word)


@lru_cache(maxsize=50)
def sign(name: str, words: str) -> Markup:
    """An icon that stands for words."""
    return Markup(' <svg class="i" role="img" aria-label="%s"><title>%s</title><use href="%s#%s"/></svg>') % (
        words,
        words,
        ICONS,
        name,
    )


def name_link(section: str, record_id: int, name: str) -> Markup:
    return Markup('<a href="/%s/%d">%s</a>') % (section, record_id, escape(name))


def owner(section: str, row: Any, to: Reader, take: bool) -> str:
    """Who follows the row, or the offer to take it."""
    if row.owner_id or not take:
        return PERSON.show(row.owner_id, to)
    return Markup('<button class="take" form="row" formaction="/%s/%d/assignment">%s Take</button>') % (
        section,
        row.id,
        icon("briefcase"),
    )


def acts(section: str, query: str, row: Any, mine: bool, email: str, take: bool = True) -> str:
    """Suitcase (where it is another's), plan, e-mail, and the menu that is fetched when it is opened."""
    parts = []
    if take and not mine and row.owner_id:
        parts.append(
            f'<button form="row" formaction="/{section}/{row.id}/assignment" aria-label="Assign to me" '
            f'title="Assign to me">{icon("briefcase")}</button>'
        )
    parts.append(
        f'<a href="/events/form?{query}={row.id}" hx-get="/events/form?{query}={row.id}" hx-target="#dialog" '
        f'aria-label="Plan an event" title="Plan an event">{icon("calendar-plus")}</a>'
    )
    if email:
        parts.append(f'<a href="mailto:{escape(email)}" aria-label="E-mail" title="E-mail">{icon("mail")}</a>')
    parts.append(
        f'<a href="/{section}/{row.id}/menu" hx-get="/{section}/{row.id}/menu" hx-target="#dialog" '
        f'aria-label="More" title="More">{icon("ellipsis")}</a>'
    )
    return Markup("".join(parts))
