"""The house: binds the database, builds the web door, mounts the calendar door."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from peewee import Database

from crmlite import blueprints, mail
from crmlite.calendar.gateway import mount
from crmlite.logs import with_requests
from crmlite.models.base import open_database as bind
from crmlite.models.schema import upgrade
from crmlite.proxies import behind
from crmlite.rules import directory
from crmlite.settings import Settings

PACKAGE = Path(__file__).parent


class House(Flask):
    # All templates are kept; without a bound they lie in a plain dictionary, which costs a page with its thirty less.
    jinja_options: ClassVar[dict[str, Any]] = {"cache_size": -1}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine; Flask asks it of each function at each request."""
        return func


def open_database(settings: Settings) -> Database:
    """Bind the models to the configured database, brought up to date."""
    database = bind(settings.database_url)
    upgrade(database, settings)
    directory.forget()
    mail.configure(settings)
    return database


def create(settings: Settings) -> Flask:
    """The whole program as one WSGI application. The database must be bound."""
    app = House("crmlite", static_folder=None, template_folder=str(PACKAGE / "partials"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        SESSION_COOKIE_NAME="crmlite",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=settings.session_days * 86400,
        TEMPLATES_AUTO_RELOAD=False,
        CRMLITE=settings,
    )
    blueprints.furnish(app)
    app.wsgi_app = mount(app.wsgi_app, settings)  # type: ignore[method-assign]
    app.wsgi_app = behind(with_requests(app.wsgi_app), settings.trusted_proxies)  # type: ignore[method-assign]
    return app
