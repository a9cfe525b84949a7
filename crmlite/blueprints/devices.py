"""Phone and desktop: a password for each device, and the steps to set it up."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.users import Device, User
from crmlite.rules import access, devices

bp = Blueprint("devices", __name__)
HERE = "/devices"
LOCAL = ("localhost", "127.0.0.1", "::1")


class Addresses(NamedTuple):
    """What clients ask for. `server` is host and port, `home` the address below which they find
    everything."""

    site: str
    server: str
    home: str
    principal: str
    encrypted: bool
    local: bool


@bp.get("/devices")
def index() -> Response:
    return _page()


@bp.post("/devices")
def create() -> AnyResponse:
    """The password is shown on this answer and never again."""
    try:
        device, password = devices.add_device(
            access.find(User, me().id, me()), request.form.get("name", ""), me()
        )
    except (Invalid, Conflict) as error:
        return _page(error)
    return _page(made=device, password=password)


@bp.post("/devices/<int:device_id>/revocation")
def revocation(device_id: int) -> AnyResponse:
    device = access.find(Device, device_id, me())
    devices.revoke(device, me())
    respond.say(f"“{device.name}” can no longer sync.")
    return respond.done(HERE)


def addresses() -> Addresses:
    """From PUBLIC_URL; where that names only this machine, from the address the person came by."""
    site = current_app.config["CRMLITE"].public_url
    if urlsplit(site).hostname in LOCAL:
        site = request.url_root.rstrip("/")
    parts = urlsplit(site)
    return Addresses(
        site,
        parts.netloc,
        f"{site}/dav/",
        f"{site}/dav/{current_user.slug}/",
        parts.scheme == "https",
        parts.hostname in LOCAL,
    )


def _page(error: Refused | None = None, made: Device | None = None, password: str = "") -> Response:
    context: dict[str, Any] = {
        "title": "Phone and desktop",
        "devices": list(devices.of(me())),
        "address": addresses(),
        "error": error.fields.get("name", error.message) if error else None,
        "typed": request.form.get("name", "") if error else "",
        "device_made": made,
        "password": password,
    }
    return settings.show("devices/index.html", HERE, error.status if error else 200, **context)
