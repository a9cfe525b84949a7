"""Feeds: secret, read-only addresses of calendars, and what answers there."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.devices import site
from crmlite.blueprints.guard import me, public
from crmlite.errors import Invalid, Missing, Refused
from crmlite.models.calendars import Calendar
from crmlite.models.feeds import Feed
from crmlite.rules import access, calendars, feeds

bp = Blueprint("feeds", __name__)
HERE = "/feeds"


@bp.get("/feeds")
def index() -> Response:
    return _page()


@bp.post("/feeds")
def create() -> AnyResponse:
    """The address is shown on this answer and never again."""
    text = request.form.get("calendar", "")
    try:
        calendar = access.look(Calendar, int(text), me()) if text.isdecimal() and len(text) < 10 else None
        if calendar is None or calendar.kind != "events":
            raise Invalid(fields={"calendar": "Please choose a calendar."})
        name, busy_only = request.form.get("name", ""), bool(request.form.get("busy_only"))
        feed, secret = feeds.add(calendar, name, busy_only, me())
    except Invalid as error:
        return _page(error)
    return _page(made=feed, secret=secret)


@bp.post("/feeds/<int:feed_id>/revocation")
def revocation(feed_id: int) -> AnyResponse:
    feed = access.find(Feed, feed_id, me())
    feeds.revoke(feed, me())
    respond.say(f"“{feed.name}” can no longer read the calendar.")
    return respond.done(HERE)


@bp.get("/feeds/<secret>.ics")
@public
def calendar(secret: str) -> Response:
    """The calendar for whoever has the secret. Raises Missing, throttle.TooManyTries."""
    opened = feeds.open_by(secret, request.remote_addr or "", request.headers.get("User-Agent", ""))
    if opened is None:
        raise Missing("There is no calendar at this address: it may have been revoked.")
    if request.if_none_match.contains(opened.etag):
        response = Response(status=304)
    else:
        response = Response(feeds.text(opened), content_type="text/calendar; charset=utf-8")
    response.set_etag(opened.etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(error: Refused | None = None, made: Feed | None = None, secret: str = "") -> Response:
    seen = [one for one in calendars.seen_by(me()) if one.kind == "events"]
    here = site()
    path = f"/feeds/{secret}.ics"
    context: dict[str, Any] = {
        "title": "Calendar feeds",
        "feeds": feeds.of(me()),
        "names": {one.id: one.name for one in seen},
        "options": [(one.id, one.name) for one in seen],
        "problems": error.fields if error else {},
        "typed": request.form if error else {},
        "made": made,
        "address": f"{here}{path}",
        "subscribe": f"webcal://{here.partition('://')[2]}{path}",
    }
    return settings.show("feeds/index.html", HERE, error.status if error else 200, **context)
