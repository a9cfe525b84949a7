"""The door of pairing: a device asks, its person confirms in the browser, the device fetches its password. Addresses
and answers are those of Nextcloud's login flow, version 2, which DAVx⁵ and others speak."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.devices import site
from crmlite.blueprints.guard import me, public
from crmlite.rules import pairings

bp = Blueprint("pairings", __name__)
HERE = "/devices"


@bp.post("/index.php/login/v2")
@public
def begin() -> Response:
    begun = pairings.begin(request.headers.get("User-Agent", ""), request.remote_addr or "")
    here = site()
    return _told({
        "poll": {"token": begun.poll, "endpoint": f"{here}/login/v2/poll"},
        "login": f"{here}/login/v2/flow/{begun.page}",
    })  # fmt: skip


@bp.post("/login/v2/poll")
@public
def poll() -> Response:
    """404 as long as nobody has said yes, then the password, once."""
    fetched = pairings.fetch(request.form.get("token", ""), request.remote_addr or "")
    if fetched is None:
        return _told({}, 404)
    return _told({"server": site(), "loginName": fetched.login, "appPassword": fetched.password})


@bp.get("/login/v2/flow/<page>")
def show(page: str) -> Response:
    asked = pairings.asked(page)
    return settings.show("devices/pairing.html", HERE, title="A device asks to sync", asked=asked, page=page)


@bp.post("/login/v2/flow/<page>")
def answer(page: str) -> AnyResponse:
    if request.form.get("answer") == "yes":
        asked = pairings.grant(page, me())
        return settings.show("devices/pairing.html", HERE, title="The device may sync", asked=asked, page="")
    pairings.refuse(page)
    respond.say("Refused. The device gets no password.")
    return respond.done(HERE)


def _told(answer: dict[str, object], status: int = 200) -> Response:
    response = jsonify(answer)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
