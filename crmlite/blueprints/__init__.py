"""The list of web doors."""

from flask import Flask

from crmlite.blueprints import (
    assets,
    contacts,
    frame,
    gestures,
    guard,
    health,
    journal,
    leads,
    notes,
    partners,
    respond,
    search,
    sessions,
)

DOORS = (
    assets,
    health,
    sessions,
    leads,
    partners,
    contacts,
    notes,
    search,
    gestures,
    journal,
)


def furnish(app: Flask) -> None:
    guard.install(app)
    frame.install(app)
    respond.install(app)
    for door in DOORS:
        app.register_blueprint(door.bp)
