"""The door for static files: kept by browsers for good, since their address changes with their content."""

from flask import Blueprint, Response, abort, request

from crmlite import assets
from crmlite.blueprints.guard import public

bp = Blueprint("assets", __name__)
FOREVER = "public, max-age=31536000, immutable"


@bp.get("/static/<path:name>")
@public
def file(name: str) -> Response:
    if name not in assets.names():
        abort(404)
    found = assets.load(name)
    response = Response(mimetype=found.kind)
    coding = request.accept_encodings.best_match(("br", "gzip"))
    if coding and (smaller := assets.packed(name, coding)):
        response.set_data(smaller)
        response.headers["Content-Encoding"] = coding
    else:
        response.set_data(found.body)
    response.vary.add("Accept-Encoding")
    response.set_etag(found.version)
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == found.version else "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


@bp.get("/favicon.ico")
@public
def icon() -> Response:
    return file("favicon.svg")
