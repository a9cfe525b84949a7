"""What the doors that take files share: how large a request may be, what came, and whom it is about."""

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Missing
from crmlite.lists.kinds import SECTIONS
from crmlite.rules import access
from crmlite.rules.documents import Sent


def limit() -> int:
    """Of one file, in bytes."""
    return current_app.config["CRMLITE"].max_upload_bytes


def with_files() -> None:
    """Let this request be as large as files are. Raises Invalid where it is larger."""
    settings = current_app.config["CRMLITE"]
    request.max_content_length = settings.max_request_bytes
    try:
        request.form  # noqa: B018 - reads the request
    except RequestEntityTooLarge as error:
        most = settings.max_upload_mb
        raise Invalid(
            f"These files are too large together: please attach at most {most} MB at a time, your text is kept."
        ) from error


def sent_files(name: str = "files") -> list[Sent]:
    """An empty file control sends one part without a name."""
    return [Sent(one.filename, one.stream) for one in request.files.getlist(name) if one.filename]


def asked_record() -> Any:
    """The record that a form or an address names with about and about_id. Raises Missing."""
    concept, record_id = request.values.get("about", ""), request.values.get("about_id", "")
    if concept not in access.OWNED or not record_id.isdecimal():
        raise Missing("The record of this does not exist, or it has been deleted.")
    return access.find(access.OWNED[concept], int(record_id[:10]), me())


def page_of(concept: str, record_id: int) -> str:
    return f"/{SECTIONS[concept]}/{record_id}"
