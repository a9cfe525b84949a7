"""Where people find a record in the browser, for texts that leave the house."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

LOCAL = ("localhost", "127.0.0.1", "::1")
# What an event is about, the narrowest first.
PAGES = {"opportunity": "opportunities", "lead": "leads", "contact": "contacts", "partner": "partners"}
_site = ""


def serve_at(public_url: str) -> None:
    """Called once when the house opens. An address that names only this machine leads nowhere from a phone and is left
    out."""
    global _site
    _site = "" if urlsplit(public_url).hostname in LOCAL else public_url.rstrip("/")


def for_event(linked: Mapping[str, Any], present: str) -> dict[str, str]:
    """The URL that an event with these links should have beside `present`, as a change of its text. One that leads
    elsewhere is somebody's own and stays, and ours takes the place of ours: nothing grows from sync to sync."""
    if not _site or (present and not present.startswith(f"{_site}/")):
        return {}
    concept = next((name for name in PAGES if linked.get(name)), "")
    wanted = f"{_site}/{PAGES[concept]}/{linked[concept]}" if concept else ""
    return {"url": wanted} if wanted != present else {}
