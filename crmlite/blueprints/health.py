"""For load balancers and watchers: whether this process can serve and write."""

from flask import Blueprint, Response, jsonify
from peewee import PeeweeException

from crmlite import __version__
from crmlite.blueprints.guard import public
from crmlite.models.base import database, is_sqlite
from crmlite.models.schema import pending

bp = Blueprint("health", __name__)


@bp.get("/health")
@public
def show() -> tuple[Response, int]:
    """200, or 503 when the database cannot be written or a migration is missing."""
    facts = {"version": __version__, "database": "sqlite" if is_sqlite() else "postgresql"}
    try:
        database.connect(reuse_if_open=True)
        missing = pending(database.obj)
        with database.atomic():
            database.execute_sql("UPDATE counters SET value = value WHERE name = 'directory'")
    except PeeweeException as error:
        if not database.is_closed():
            database.close()
        return jsonify(facts | {"status": "cannot write", "reason": type(error).__name__}), 503
    facts["migrations"] = "complete" if not missing else f"{len(missing)} pending"
    return jsonify(facts | {"status": "ok" if not missing else "migrations pending"}), 503 if missing else 200
