"""Small pieces of a row: links, badges, icons, the row's own buttons. Safe HTML, cheap, the same for every concept."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from crmlite.assets import asset
from crmlite.lists.kinds import KEPT
from crmlite.lists.owners import PERSON
from crmlite.lists.reader import Reader

ICONS = asset("icons.svg")


@lru_cache(maxsize=300)
def icon(name: str, size: int = 16, label: str | None = None) -> Markup:
    """16 or 20 px. With a label it says something which no word beside it says."""
    look = "i i20" if size == 20 else "i"
    said = Markup('role="img" aria-label="%s"') % label if label else Markup('aria-hidden="true"')
    return Markup('<svg class="%s" %s><use href="%s#%s"/></svg>') % (look, said, ICONS, name)


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


@lru_cache(maxsize=KEPT)
def name_link(section: str, record_id: int, name: str) -> Markup:
    return Markup(f'<a href="/{section}/{record_id}">{escape(name)}</a>')


def owner(row: Any, to: Reader, take: bool) -> str:
    """Who follows the row, or the offer to take it."""
    return PERSON.show(row.owner_id, to) if row.owner_id or not take else TAKE


def acts(concept: str, row: Any, mine: bool, email: str, take: bool = True) -> str:
    """Suitcase (where it is another's), plan, e-mail, and the menu that is fetched when it is opened."""
    return _acts(concept, bool(take and not mine and row.owner_id), bool(email))


@lru_cache(maxsize=50)
def _acts(concept: str, assign: bool, mail: bool) -> Markup:
    plan = opens(f"/events/form?{concept}=", "Plan an event", "calendar-plus")
    return Markup(f"{ASSIGN if assign else ''}{plan}{MAIL if mail else ''}{MORE}")


@lru_cache(maxsize=200)
def does(noun: str, words: str, icon_name: str, name: str = "", value: str = "") -> Markup:
    """A button that posts to `noun` of its own row. Buttons of rows name no record, so that they weigh next to
    nothing on the wire: the script behind lists finds the row."""
    extra = Markup(' name="%s" value="%s"') % (name, value) if name else ""
    return Markup('<button data-do="%s"%s aria-label="%s" title="%s">%s</button>') % (
        noun,
        extra,
        words,
        words,
        icon(icon_name),
    )


@lru_cache(maxsize=200)
def opens(address: str, words: str, icon_name: str) -> Markup:
    """A button that opens a dialog: `menu` of its own row, or an address to which the row's id is added."""
    return Markup('<button data-open="%s" aria-label="%s" title="%s">%s</button>') % (
        address,
        words,
        words,
        icon(icon_name),
    )


def row_html(concept: str, row: Any, ink: str, name: str, cells: list[str], acts: str) -> str:
    """The markup of a row, in one place for pages, next pages and single rows. What is not marked as safe HTML is
    escaped."""
    inside = "</td><td>".join([cell if type(cell) is Markup else escape(cell) for cell in cells])
    look = ink if ink.startswith("fill") else f"ink-{ink}"
    return Markup(
        f'<tr id="{concept}-{row.id}" class="{look}" data-v="{row.version}"><td class="tick"><input type="checkbox" '
        f'name="ids" form="selection" aria-label="Select"></td><th scope="row">{safe(name)}</th>'
        f'<td>{inside}</td><td class="acts">{safe(acts)}</td></tr>'
    )


def safe(text: str) -> str:
    """Escaped unless it is marked as safe; Markup's own way makes a copy first."""
    return text if type(text) is Markup else escape(text)


TAKE = Markup('<button class="take" data-do="assignment">%s Take</button>') % icon("briefcase")
ASSIGN = does("assignment", "Assign to me", "briefcase")
MAIL = Markup('<button data-mail aria-label="E-mail" title="E-mail">%s</button>') % icon("mail")
MORE = opens("menu", "More", "ellipsis")
