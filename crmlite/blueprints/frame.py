"""What every template may use: who is signed in, the navigation, and how a reader sees times, dates and money."""

from typing import Any

from flask import Flask, g, render_template, request
from flask_login import current_user
from markupsafe import Markup

from crmlite.assets import asset
from crmlite.blueprints.guard import journal_mark, lists, me
from crmlite.lists import event_reminders, marks, timeline_html
from crmlite.lists import reader as formats
from crmlite.lists.quotes import validity
from crmlite.lists.reader import Reader
from crmlite.models.quotes import STATUSES
from crmlite.models.users import initials
from crmlite.rules import access, calendar_views
from crmlite.rules.access import OWNED

NAVIGATION = (
    ("today", "Today", "sun", "/"),
    ("leads", "Leads", "sprout", "/leads"),
    ("partners", "Customers", "building-2", "/partners"),
    ("contacts", "Contacts", "contact", "/contacts"),
    ("opportunities", "Opportunities", "square-kanban", "/opportunities/board"),
    ("quotes", "Quotes", "file-text", "/quotes"),
    ("calendar", "Calendar", "calendar-days", "/calendars/week"),
    ("reports", "Reports", "chart-column", "/forecast"),
    ("devices", "Phone and desktop", "smartphone", "/devices"),
    ("settings", "Settings", "settings", "/settings"),
)
# What the menu New offers.
MADE = (
    ("Lead", "sprout", "/leads/form"),
    ("Customer", "building-2", "/partners/form"),
    ("Contact", "contact", "/contacts/form"),
    ("Opportunity", "square-kanban", "/opportunities/form"),
    ("Quote", "file-text", "/quotes/form"),
    ("Meeting, call or task", "calendar-plus", "/events/form"),
)
COUNTED = ("today", "leads", "opportunities")
# Below the calendar, while one is there: its events as lists.
EVENT_LISTS = (
    ("Event list", "/events"),
    ("Meetings", "/events?view=meetings"),
    ("Calls", "/events?view=calls"),
    ("Tasks", "/events?view=tasks"),
)
# The blueprint a page belongs to -> the entry of the rail that is marked.
SECTIONS = {
    "calendars": "calendar",
    "events": "calendar",
    "erasing": "settings",
    "forecast": "reports",
    **dict.fromkeys(("users", "teams", "choices", "stages", "pipelines", "products", "taxes"), "settings"),
    **dict.fromkeys(("papers", "profile", "bin", "bulk", "styleguide"), "settings"),
    **dict.fromkeys(("calendar_settings", "calendar_files", "calendar_views", "feeds"), "settings"),
}


def install(app: Flask) -> None:
    app.jinja_env.globals.update(asset=asset, journal_mark=journal_mark, kept=kept, owned=OWNED, locked=_locked)
    app.jinja_env.globals.update(quote_statuses=STATUSES, icon_html=marks.icon)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        when=lambda moment: formats.when(moment, reader()),
        day=lambda value: formats.day(value, reader()),
        month=lambda value: formats.month(value, reader()),
        weekday=lambda value: formats.weekday(value, reader()),
        clock=lambda moment: formats.time_of_day(moment, reader()),
        exact=lambda moment: formats.exact(moment, reader()),
        initials=initials,
        moment=lambda item: timeline_html.moment(item, reader()),
        reminder=lambda event: event_reminders.first(event, reader()),
        entries=lambda items: timeline_html.entries(items, reader()),
        document=lambda one: timeline_html.document(one, reader()),
        ago=lambda moment: formats.ago(moment, reader()),
        money=lambda minor, currency: formats.money(minor, currency, reader()),
        exact_money=lambda minor, currency: formats.money(minor, currency, reader(), True),
        validity=lambda quote: validity(quote, reader()),
        rate=lambda hundredths: formats.rate(hundredths, reader()),
        amount=lambda minor, currency: formats.short_money(minor, currency, reader()),
    )
    app.context_processor(_frame)


_kept: dict[tuple[object, ...], Markup] = {}
MOST_KEPT = 400


def kept(template: str, *hangs_on: object, **context: object) -> Markup:
    """A part of a page, drawn once for everything it depends on: the person and the lists (both through the
    epoch), the section, how the browser was told to show it, and what else it `hangs_on`."""
    if "kept_for" not in g:
        place = SECTIONS.get(request.blueprint or "", request.blueprint or "")
        g.kept_for = (lists().epoch, current_user.id, place, request.cookies.get("density"))
    key = (template, *g.kept_for, *hangs_on)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = Markup(render_template(template, **context))
    return _kept[key]


def reader() -> Reader:
    """Whoever looks at this page."""
    if "reader" not in g:
        g.reader = formats.reader(me(), lists())
    return g.reader


def _locked(concept: str) -> str:
    """Why this person changes no record of the concept; empty where they do."""
    return access.keeping_refusal(me(), concept)


def _frame() -> dict[str, Any]:
    if "frame" not in g:
        g.frame = _frame_of_request()
    return g.frame


def _frame_of_request() -> dict[str, Any]:
    if not current_user.is_authenticated:
        return {"me": None, "navigation": (), "section": "", "lang": "en", "cookies": request.cookies}
    entry = SECTIONS.get(request.blueprint or "", request.blueprint or "")
    return {
        "me": current_user._get_current_object(),
        "navigation": NAVIGATION,
        "entries": _entries(entry),
        "section": entry,
        "lang": "en",
        "directory": lists(),
        "made": MADE if current_user.role != "reader" else (),
        "counted": COUNTED,
        "cookies": request.cookies,
    }


def _entries(present: str) -> dict[str, list[tuple[str, str]]]:
    """Entry of the menu -> what stands below it, as names and addresses: lists of events, calendar views."""
    found: dict[str, list[tuple[str, str]]] = {"calendar": list(EVENT_LISTS)} if present == "calendar" else {}
    for view in calendar_views.in_menu(current_user, lists()):
        found.setdefault(view.parent, []).append((view.name, f"/calendar-views/{view.id}"))
    return found
