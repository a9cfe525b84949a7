"""What can be done from the search: one table, found by any of its words, even mistyped."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from crmlite.blueprints.frame import MADE, NAVIGATION
from crmlite.later import osa
from crmlite.rules import terms
from crmlite.rules.access import Actor

EVERYBODY = ("owner", "manager", "rep", "reader")
WRITERS = ("owner", "manager", "rep")
LEADERS = ("owner", "manager")
OWNERS = ("owner",)
SHORTEST_TYPO = 4


class Command(NamedTuple):
    """`words` are others it is found by. A `dialog` opens over the page; with `value` it is a form that posts."""

    label: str
    icon: str
    url: str
    words: str = ""
    roles: tuple[str, ...] = EVERYBODY
    dialog: bool = False
    posts: bool = False
    name: str = ""
    value: str = ""


SYNONYMS = {
    "Lead": "enquiry",
    "Customer": "partner company prospect supplier",
    "Customers": "partners companies prospects suppliers",
    "Contact": "person",
    "Contacts": "people",
    "Opportunity": "sale",
    "Quote": "offer order",
    "Quotes": "offers orders",
    "Opportunities": "board pipeline kanban sales",
    "Meeting, call or task": "event calendar",
    "Calendar": "week agenda planner events",
    "Today": "home start",
    "Phone and desktop": "devices sync caldav password",
    "Reports": "forecast figures revenue weighted",
    "Settings": "configuration preferences",
}
COMMANDS = (
    *(
        Command(f"New {label.lower()}", icon, url, f"create add {SYNONYMS.get(label, '')}", WRITERS, dialog=True)
        for label, icon, url in MADE
    ),
    *(
        Command(f"Go to {label}", icon, url, f"open show {SYNONYMS.get(label, '')}")
        for _, label, icon, url in NAVIGATION
    ),
    Command("Go to Orders", "file-text", "/quotes?view=orders", "open confirmed sales quotes"),
    Command("New supplier", "building-2", "/partners/form?view=suppliers", "create add vendor", WRITERS, dialog=True),
    Command("Go to Suppliers", "building-2", "/partners?view=suppliers", "open show vendors"),
    Command("Go to list of opportunities", "list", "/opportunities", "open table"),
    Command("Go to Forecast", "trending-up", "/forecast", "open reports revenue pipeline weighted months"),
    Command("Go to Day", "calendar-days", "/calendars/day", "open calendar"),
    Command("Go to Month", "calendar-days", "/calendars/month", "open calendar"),
    Command("Go to Events", "list", "/events", "open list planned upcoming past"),
    Command("Go to Meetings", "users", "/events?view=meetings", "open list events appointments"),
    Command("Go to Calls", "phone", "/events?view=calls", "open list events telephone"),
    Command("Go to Tasks", "square-check", "/events?view=tasks", "open list events to-do todo"),
    Command("New meeting", "users", "/events/form?kind=meeting", "create add plan appointment", WRITERS, dialog=True),
    Command("New call", "phone", "/events/form?kind=call", "create add plan log telephone", WRITERS, dialog=True),
    Command("New task", "square-check", "/events/form?kind=task", "create add plan to-do todo", WRITERS, dialog=True),
    Command("Log an e-mail", "mail", "/events/form?kind=email", "create add new event message", WRITERS, dialog=True),
    Command("Go to Profile", "user", "/profile", "open account my password language time zone"),
    Command("Go to Users", "users", "/users", "open people accounts members", OWNERS),
    Command("Go to Teams", "users", "/teams", "open groups", OWNERS),
    Command("Go to Products", "tag", "/products", "open prices catalogue articles"),
    Command("New product", "tag", "/products/form", "create add article price", LEADERS, dialog=True),
    Command("Go to Taxes", "list", "/taxes", "open vat rates", LEADERS),
    Command("Go to Choices", "list", "/choices", "open values lists sources sectors reasons", LEADERS),
    Command("Go to Stages", "square-kanban", "/stages", "open pipeline board", LEADERS),
    Command("Import records", "upload", "/imports", "csv excel file bring in", WRITERS),
    Command("Go to bin", "trash-2", "/bin", "open deleted trash restore", WRITERS),
    *(
        Command(f"Duplicates of {label.lower()}", "copy", f"/{section}/duplicates", "merge double twice", WRITERS)
        for section, label in (("leads", "Leads"), ("partners", "Customers"), ("contacts", "Contacts"))
    ),
    *(
        Command(label, icon, "/profile/theme", f"switch mode colours {words}", posts=True, name="theme", value=value)
        for label, icon, words, value in (
            ("Light theme", "sun", "bright", "light"),
            ("Dark theme", "moon", "night", "dark"),
            ("Theme as the device", "laptop", "auto system", "auto"),
        )
    ),
    Command("Sign out", "log-out", "/sign-out", "leave log off exit quit", posts=True),
)  # fmt: skip
MAIN = (
    "New lead",
    "New customer",
    "New opportunity",
    "New meeting, call or task",
    "Go to Opportunities",
    "Go to Calendar",
)


def main(by: Actor) -> list[Command]:
    """Those shown before anything is typed."""
    return [command for command in _offered(by) if command.label in MAIN]


def matching(text: str, by: Actor, most: int = 6) -> tuple[list[Command], bool]:
    """Commands whose words begin with those typed or, where none does, are like them; and whether the best is called
    so."""
    typed = terms.split(text)
    if not typed:
        return [], False
    known = _vocabulary(current_app.url_map)
    likeness = [_likeness(word, known) for word in typed]
    start = " ".join(typed)
    ranks = {}
    for command in set(likeness[0]).intersection(*likeness[1:]):
        if by.role in command.roles:
            called_so = " ".join(terms.split(command.label)).startswith(start)
            ranks[command] = 0 if called_so else max(ranked[command] for ranked in likeness)
    found = sorted(ranks, key=lambda command: (ranks[command], COMMANDS.index(command)))[:most]
    return found, bool(found) and ranks[found[0]] == 0 and len("".join(typed)) > 2


def _likeness(typed: str, known: dict[str, dict[Command, int]]) -> dict[Command, int]:
    """Each command that has a word beginning so, or one like it: 1 in its label, 2 among its others, 3 mistyped."""
    ranks: dict[Command, int] = {}
    for word, holders in known.items():
        if word.startswith(typed):
            for command, rank in holders.items():
                ranks[command] = min(rank, ranks.get(command, rank))
    if ranks or len(typed) < SHORTEST_TYPO:
        return ranks
    apart = osa.distance
    for word, holders in known.items():
        if apart(typed, word, score_cutoff=1) <= 1 or apart(typed, word[: len(typed)], score_cutoff=1) <= 1:
            ranks |= dict.fromkeys(holders, 3)
    return ranks


@cache
def _vocabulary(addresses: Map) -> dict[str, dict[Command, int]]:
    """Word -> the commands that have it: 1 in their label, 2 among their others."""
    known: dict[str, dict[Command, int]] = {}
    for command in _existing(addresses):
        for rank, words in ((1, command.label), (2, command.words)):
            for word in terms.split(words):
                known.setdefault(word, {}).setdefault(command, rank)
    return known


def _offered(by: Actor) -> Iterator[Command]:
    return (command for command in _existing(current_app.url_map) if by.role in command.roles)


@cache
def _existing(addresses: Map) -> tuple[Command, ...]:
    """A house may be without some of its doors."""

    def leads_somewhere(command: Command) -> bool:
        try:
            addresses.bind("").match(command.url.partition("?")[0], "POST" if command.posts else "GET")
        except HTTPException:
            return False
        return True

    return tuple(command for command in COMMANDS if leads_somewhere(command))
