"""What a person wants by mail: reminders, and the digest of their day."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite import mail
from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.guard import lists, me
from crmlite.errors import Conflict, Invalid
from crmlite.lists import digests as sending
from crmlite.models.users import DIGESTS, HOURS, User
from crmlite.rules import access, digests

bp = Blueprint("digests", __name__)
HERE = mail.SWITCH


@bp.get("/profile/mail")
def show() -> Response:
    return _page(_mine().as_values())


@bp.post("/profile/mail")
def save() -> AnyResponse:
    form = request.form
    hour = form.get("digest_hour", "")
    typed = {
        "reminder_mail": bool(form.get("reminder_mail")),
        "digest_days": form.get("digest_days", ""),
        "digest_hour": int(hour) if hour.isdecimal() and len(hour) < 3 else -1,
    }
    try:
        digests.choose(_mine(), typed, me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _page(typed, error.status, errors=told(error))
    respond.say("Saved.")
    return respond.done(HERE)


@bp.post("/profile/mail/digest")
def send() -> AnyResponse:
    """One at once, to try it."""
    user = _mine()
    if not mail.configured():
        return _page(user.as_values(), Invalid.status)
    try:
        sending.send_now(user)
    except mail.Unsent as problem:
        refusal = f"The mail server did not take it, so nothing was sent ({problem}). Please tell {_whom()}."
        return _page(user.as_values(), Invalid.status, refusal=refusal)
    respond.say(f"Sent to {user.email}.")
    return respond.done(HERE)


def _mine() -> User:
    return access.find(User, me().id, me())


def _whom() -> str:
    """Who sees to the mail server, for a sentence."""
    if me().role == "owner":
        return "whoever runs this server and set SMTP_URL"
    return " or ".join(one.name for one in lists().people.values() if one.role == "owner" and one.active)


def _page(values: Any, status: int = 200, errors: dict[str, str] | None = None, refusal: str = "") -> Response:
    return settings.show(
        "profile/mail.html",
        HERE,
        status,
        title="Mail",
        user=_mine(),
        values=values,
        errors=errors or {},
        refusal=refusal,
        configured=mail.configured(),
        whom=_whom(),
        days=DIGESTS.items(),
        hours=[(hour, f"{hour:02d}:00") for hour in HOURS],
    )
