"""The settings: what each role finds there, and the pages of the organisation and of visibility."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Refused
from crmlite.lists.kinds import SECTIONS
from crmlite.models.choices import KINDS, Setting
from crmlite.models.currencies import CURRENCIES
from crmlite.models.users import ROLES
from crmlite.rules import access, demo, directory, gate, settings
from crmlite.rules import organisation as rules
from crmlite.rules.access import OWNED, Actor
from crmlite.rules.actors import SCOPES
from crmlite.rules.organisation import SENDER

bp = Blueprint("settings", __name__)


class Place(NamedTuple):
    url: str
    label: str
    icon: str
    about: str


CHOICE_ICONS = {
    "source": ("megaphone", "Where a lead or an opportunity came from."),
    "lost_reason": ("circle-x", "Why a lead or an opportunity was lost."),
    "event_category": ("calendar-days", "What a call, a meeting or a task was about."),
    "opportunity_type": ("tag", "What sort of sale it is."),
    "job_title": ("briefcase", "What a person does at a company."),
    "sector": ("building-2", "What a company lives from."),
    "partner_category": ("star", "How customers are told apart."),
    "cancel_reason": ("circle-x", "Why a quote or an order was cancelled."),
}
YOURS = (
    Place("/profile", "Profile", "user", "Your name, language, time zone, look and password."),
    Place("/profile/mail", "Mail", "mail", "Reminders and a digest of your day by e-mail."),
    Place("/devices", "Phone and desktop", "smartphone", "Calendar and tasks on your own devices."),
    Place("/calendars", "Calendars", "calendar-days", "Your calendars and task lists, and who shares them."),
    Place("/feeds", "Calendar feeds", "link", "Secret addresses that let other programs read a calendar."),
    Place("/calendars/files", "Calendar files", "download", "Bring in or take along calendars as .ics files."),
    Place("/bulk", "Background work", "history", "What goes on without you: changes of many rows, imports, undos."),
    Place("/bin", "Bin", "trash-2", "What was deleted, and the way back."),
)
PRODUCTS = Place("/products", "Products", "tag", "What you sell: texts, prices and units for the lines of quotes.")
LISTS = (
    PRODUCTS,
    Place("/taxes", "Taxes", "list", "The rates that quotes add to prices."),
    Place("/stages", "Stages", "square-kanban", "The columns of the board, from the first to won and lost."),
    Place("/calendar-views", "Calendar views", "calendar-days", "Calendars in the menu of a person or a team."),
    *(Place(f"/choices/{kind}", KINDS[kind][1], *CHOICE_ICONS[kind]) for kind in KINDS),
)
HOUSE = (
    Place("/settings/organisation", "Organisation", "globe", "Its name, address, logo, currency, zone; demo data."),
    Place("/settings/papers", "Quotes on paper", "file-text", "Texts in each language; how long a quote is valid."),
    Place("/users", "People", "users", "Who signs in, and in which role."),
    Place("/teams", "Teams", "user-plus", "Who works together and shares records."),
    Place("/settings/assignment", "Assignment", "briefcase", "Who may be given customers: everybody or chosen teams."),
    Place("/settings/sales", "Sales", "trophy", "What an opportunity shows of its customer; what an order closes."),
    Place("/settings/visibility", "Visibility", "eye", "What each role sees: own, team or all."),
)
# The switches of the page Sales: what they do, and what that means.
SALES_WORDS = {
    "customer_description": (
        "Display the description of the customer in the opportunity",
        "A tab of the opportunity, filled from the notes of its customer; words that stand there are never replaced.",
    ),
    "order_closes_opportunity": (
        "Close the opportunity when a linked order is confirmed",
        "Confirming an order marks its opportunity as won, whatever its stage.",
    ),
}
SCOPE_WORDS = {"own": "Own", "team": "Team", "all": "All"}
CONCEPT_WORDS = {**{concept: SECTIONS[concept].capitalize() for concept in OWNED}, "partner": "Customers"}


def groups(by: Actor) -> list[tuple[str, tuple[Place, ...]]]:
    """What this person finds in the settings."""
    found = [("You", YOURS)]
    found.append(("Sales lists", LISTS if by.leads_people else (PRODUCTS,)))
    if by.role == "owner":
        found.append(("Administration", HOUSE))
    return found


def show(template: str, here: str, status: int = 200, **context: Any) -> Response:
    """A page of the settings, with the way to the others beside it."""
    return respond.page(template, status, groups=groups(me()), here=here, **context)


def form(fields: str, title: str, here: str, status: int = 200, **context: Any) -> Response:
    """A form as a dialog for htmx, as a page without script. `fields` is the partial that draws it."""
    if request.htmx:
        return respond.part("settings/dialog.html", status, fields=fields, title=title, **context)
    return show("settings/form.html", here, status, fields=fields, title=title, **context)


def seen() -> int | None:
    """The version that the person looked at."""
    text = request.form.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def ids(name: str) -> set[int]:
    """The ticked records of a form; what is no number is nobody's id."""
    return {int(text) for text in request.form.getlist(name) if text.isdecimal() and len(text) < 10}


def pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """Options of a select whose values are readable themselves."""
    return [(word, word.replace("_", " ")) for word in words]


@bp.get("/settings")
def index() -> Response:
    return show("settings/index.html", "/settings", title="Settings")


@bp.get("/settings/organisation")
def organisation() -> Response:
    access.require(me(), "change", Setting())
    return show_organisation()


@bp.post("/settings/organisation")
def save_organisation() -> AnyResponse:
    typed = {name: request.form.get(name, "") for name in ("organisation", "currency", "zone", *SENDER)}
    try:
        with gate.together():
            settings.set_organisation(typed["organisation"], typed["currency"], typed["zone"], me())
            rules.set_sender(typed, me())
    except Refused as error:
        return show_organisation(error, typed)
    respond.say("Saved.")
    return respond.done("/settings/organisation")


@bp.post("/settings/demo")
def load_demo() -> AnyResponse:
    access.require(me(), "change", Setting())
    sign_ins = demo.load(me())
    return show("settings/demo.html", "/settings/organisation", title="The demo data is in", sign_ins=sign_ins)


@bp.post("/settings/demo/removal")
def remove_demo() -> AnyResponse:
    access.require(me(), "change", Setting())
    demo.remove(me())
    respond.say("The demo data is gone; what people added stays.")
    return respond.done("/settings/organisation")


@bp.get("/settings/assignment")
def assignment() -> Response:
    access.require(me(), "change", Setting())
    return _assignment(set(directory.current().settings["assignable_teams"]))


@bp.post("/settings/assignment")
def save_assignment() -> AnyResponse:
    chosen = ids("teams") if request.form.get("whom") == "teams" else set()
    try:
        if request.form.get("whom") == "teams" and not chosen:
            raise Invalid(fields={"teams": "Please tick at least one team, or choose everybody."})
        settings.set_assignable(chosen, me())
    except Refused as error:
        return _assignment(chosen, error)
    respond.say("Saved. Customers and contacts keep whom they have until somebody changes it.")
    return respond.done("/settings/assignment")


@bp.get("/settings/sales")
def sales() -> Response:
    access.require(me(), "change", Setting())
    now = directory.current().settings
    switches = [(key, *words, now[key]) for key, words in SALES_WORDS.items()]
    return show("settings/sales.html", "/settings/sales", title="Sales", switches=switches)


@bp.post("/settings/sales")
def save_sales() -> AnyResponse:
    settings.set_sales(set(request.form), me())
    respond.say("Saved.")
    return respond.done("/settings/sales")


@bp.get("/settings/visibility")
def visibility() -> Response:
    access.require(me(), "change", Setting())
    return _visibility()


@bp.post("/settings/visibility")
def save_visibility() -> AnyResponse:
    wanted: dict[str, dict[str, str]] = {}
    for name, scope in request.form.items():
        role, dot, concept = name.partition(".")
        if dot:
            wanted.setdefault(role, {})[concept] = scope
    try:
        settings.set_visibility(wanted, me())
    except Refused as error:
        return _visibility(error)
    respond.say("Saved. It holds from now on, on the web and on every device.")
    return respond.done("/settings/visibility")


def show_organisation(error: Refused | None = None, typed: Any = None) -> Response:
    """The page, with what was typed and refused."""
    values = {**rules.sender(), **directory.current().settings, **(typed or {})}
    currency = values["currency"]
    return show(
        "settings/organisation.html",
        "/settings/organisation",
        error.status if error else 200,
        title="Organisation",
        values=values,
        error=error,
        zones=pairs(clock.zone_names()),
        currencies=pairs(CURRENCIES if currency in CURRENCIES else (currency, *CURRENCIES)),
        demo_loaded=demo.loaded(),
        logo=rules.logo_digest(),
    )


def _assignment(chosen: set[int], error: Refused | None = None) -> Response:
    now = directory.current()
    return show(
        "settings/assignment.html",
        "/settings/assignment",
        error.status if error else 200,
        title="Assignment",
        error=error,
        limited=bool(chosen or error),
        chosen=chosen,
        teams=[
            (team, [now.person_name(one) for one in now.members.get(team.id, ())])
            for team in now.teams.values()
            if not team.retired or team.id in chosen
        ],
    )


def _visibility(error: Refused | None = None) -> Response:
    return show(
        "settings/visibility.html",
        "/settings/visibility",
        error.status if error else 200,
        title="Visibility",
        error=error,
        roles=[(role, word, access.visibility_of(role)) for role, word in ROLES.items()],
        concepts=CONCEPT_WORDS,
        scopes=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
    )
