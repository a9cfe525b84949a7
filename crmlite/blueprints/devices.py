"""Phone and desktop: a password for each device, and the steps to set it up."""

from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, current_app, request
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.guard import lists, me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.lists import setup_profile
from crmlite.models.users import Device, User
from crmlite.rules import access, devices

bp = Blueprint("devices", __name__)
HERE = "/devices"
LOCAL = ("localhost", "127.0.0.1", "::1")


class Check(NamedTuple):
    """One point of the connection check: whether all is well, what was found, and what to do."""

    good: bool
    what: str
    advice: str = ""


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
            access.find(User, me().id, me()), request.form.get("name", ""), me(), request.form.get("scope", "all")
        )
    except (Invalid, Conflict) as error:
        return _page(error)
    return _page(made=device, password=password)


@bp.get("/devices/profile.mobileconfig")
def profile() -> Response:
    """Sets up an iPhone, an iPad or a Mac (caldav.md section 11)."""
    organisation = str(lists().settings["organisation"])
    body = setup_profile.profile(addresses().site, current_user.slug, current_user.email, organisation)
    response = Response(body, mimetype=setup_profile.PROFILE_TYPE)
    response.headers["Content-Disposition"] = "attachment; filename=crmlite.mobileconfig"
    return response


@bp.post("/devices/<int:device_id>/revocation")
def revocation(device_id: int) -> AnyResponse:
    device = access.find(Device, device_id, me())
    devices.revoke(device, me())
    respond.say(f"“{device.name}” can no longer sync.")
    return respond.done(HERE)


def site() -> str:
    """PUBLIC_URL; where that names only this machine, the address the request came by."""
    said: str = current_app.config["CRMLITE"].public_url
    return request.url_root.rstrip("/") if urlsplit(said).hostname in LOCAL else said


def addresses() -> Addresses:
    here = site()
    parts = urlsplit(here)
    home = f"{here}/dav/"
    principal = f"{home}{current_user.slug}/"
    return Addresses(here, parts.netloc, home, principal, parts.scheme == "https", parts.hostname in LOCAL)


def checks(address: Addresses) -> list[Check]:
    """What can be told from this request; what only the network shows is asked by the page itself."""
    said = urlsplit(current_app.config["CRMLITE"].public_url)
    found = []
    if said.hostname in LOCAL and not address.local:
        advice = f"Set PUBLIC_URL to {address.site}, so that the addresses on this page are right for everybody."
        found.append(Check(False, "PUBLIC_URL names only the server itself.", advice))
    elif said.netloc != request.host:
        advice = "Set PUBLIC_URL to the address that people use, and let the proxy pass the host on (TRUSTED_PROXIES)."
        found.append(Check(False, f"PUBLIC_URL says {said.netloc}, but you came by {request.host}.", advice))
    else:
        found.append(Check(True, f"PUBLIC_URL is the address you came by: {said.netloc}."))
    if address.encrypted:
        found.append(Check(True, "The connection is encrypted (https)."))
    elif address.local:
        found.append(Check(True, "Not encrypted, but it does not leave this computer."))
    else:
        advice = "Put https in front: iPhones refuse accounts without it, and passwords travel in the clear."
        found.append(Check(False, "The connection is not encrypted.", advice))
    return found


def _page(error: Refused | None = None, made: Device | None = None, password: str = "") -> Response:
    address = addresses()
    context: dict[str, Any] = {
        "title": "Phone and desktop",
        "devices": list(devices.of(me())),
        "scopes": devices.SCOPES,
        "address": address,
        "checks": checks(address),
        "picture": Markup(setup_profile.picture(_link(address))),
        "link": _link(address),
        "error": error.fields.get("name", error.message) if error else None,
        "typed": request.form.get("name", "") if error else "",
        "device_made": made,
        "password": password,
    }
    return settings.show("devices/index.html", HERE, error.status if error else 200, **context)


def _link(address: Addresses) -> str:
    """What DAVx⁵ opens with its fields filled in."""
    scheme = "caldavs" if address.encrypted else "caldav"
    return f"{scheme}://{quote(current_user.email, safe='')}@{address.server}/dav/"
