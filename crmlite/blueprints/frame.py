"""What every template may use: who is signed in, the navigation, and how a reader sees times, dates and money."""

from typing import Any

from flask import Flask, request
from flask_login import current_user

from crmlite.blueprints.assets import asset
from crmlite.lists import kinds
from crmlite.rules import directory

NAVIGATION = (
    ("today", "Today", "sun", "/"),
    ("leads", "Leads", "sprout", "/leads"),
    ("partners", "Customers", "building-2", "/partners"),
    ("contacts", "Contacts", "contact", "/contacts"),
    ("opportunities", "Opportunities", "square-kanban", "/opportunities/board"),
    ("calendar", "Calendar", "calendar-days", "/calendars/week"),
    ("devices", "Phone and desktop", "smartphone", "/devices"),
    ("settings", "Settings", "settings", "/settings"),
)
# The blueprint a page belongs to -> the entry of the rail that is marked.
SECTIONS = {"calendars": "calendar", "events": "calendar", "users": "settings", "teams": "settings", "choices": "settings"}


def install(app: Flask) -> None:
    app.jinja_env.globals.update(asset=asset)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        when=kinds.when, day=kinds.day, clock=kinds.clock, money=kinds.money, ago=kinds.ago, amount=kinds.short_money
    )
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if not current_user.is_authenticated:
        return {"me": None, "navigation": (), "section": "", "lang": "en"}
    entry = SECTIONS.get(request.blueprint or "", request.blueprint or "")
    return {
        "me": current_user,
        "navigation": NAVIGATION,
        "section": entry,
        "lang": current_user.locale,
        "directory": directory.current(),
    }
