"""The list of web doors."""

from flask import Flask

from crmlite.blueprints import (
    assets,
    bin,
    bulk,
    calendars,
    choices,
    contacts,
    conversions,
    counts,
    devices,
    documents,
    events,
    frame,
    gestures,
    guard,
    hanging,
    health,
    imports,
    journal,
    leads,
    mentions,
    notes,
    opportunities,
    partners,
    products,
    profile,
    respond,
    search,
    sessions,
    settings,
    stages,
    styleguide,
    taxes,
    teams,
    today,
    users,
    views,
)

DOORS = (
    assets,
    health,
    sessions,
    leads,
    conversions,
    partners,
    contacts,
    counts,
    opportunities,
    products,
    events,
    calendars,
    today,
    mentions,
    notes,
    hanging,
    documents,
    search,
    gestures,
    bin,
    bulk,
    journal,
    imports,
    settings,
    users,
    teams,
    choices,
    stages,
    taxes,
    profile,
    devices,
    views,
    styleguide,
)


def furnish(app: Flask) -> None:
    guard.install(app)
    frame.install(app)
    respond.install(app)
    for door in DOORS:
        app.register_blueprint(door.bp)
