"""The list of web doors."""

from flask import Flask

from crmlite.blueprints import assets, frame, guard, health, leads, respond, sessions

DOORS = (assets, health, sessions, leads)


def furnish(app: Flask) -> None:
    guard.install(app)
    frame.install(app)
    respond.install(app)
    for door in DOORS:
        app.register_blueprint(door.bp)
