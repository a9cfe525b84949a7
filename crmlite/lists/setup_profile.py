"""What a phone is handed so that it sets itself up: Apple's profile, and the picture of an address."""

import io
import plistlib
import uuid
from typing import Any
from urllib.parse import urlsplit

from crmlite.later import segno

PROFILE_TYPE = "application/x-apple-aspen-config"
NAMESPACE = uuid.UUID("6f1c2f0e-6a0c-4c0e-9d43-6d5b0d9a8c11")


def profile(site: str, slug: str, email: str, organisation: str) -> bytes:
    """A configuration profile for iPhone, iPad and Mac with the person's account. It holds no password: the device
    asks for it. Its identifiers stay the same, so that a profile installed again replaces the former."""
    parts = urlsplit(site)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    secure = parts.scheme == "https"
    contacts: dict[str, Any] = {
        **_payload("com.apple.carddav.account", f"{site}/{slug}/carddav", "Contacts"),
        "CardDAVAccountDescription": organisation or "crmlite",
        "CardDAVHostName": parts.hostname or "",
        "CardDAVPort": port,
        "CardDAVUseSSL": secure,
        "CardDAVUsername": email,
        "CardDAVPrincipalURL": f"/dav/{slug}/",
    }
    account: dict[str, Any] = {
        **_payload("com.apple.caldav.account", f"{site}/{slug}/caldav", "Calendars"),
        "CalDAVAccountDescription": organisation or "crmlite",
        "CalDAVHostName": parts.hostname or "",
        "CalDAVPort": port,
        "CalDAVUseSSL": secure,
        "CalDAVUsername": email,
        "CalDAVPrincipalURL": f"/dav/{slug}/",
    }
    whole = {
        **_payload("Configuration", f"{site}/{slug}", f"{organisation or 'crmlite'} on this device"),
        "PayloadContent": [account, contacts],
        "PayloadDescription": "Your calendars, tasks and contacts. The device asks for the password made for it.",
        "PayloadRemovalDisallowed": False,
    }
    return plistlib.dumps(whole)


def picture(text: str) -> str:
    """A QR code as SVG, to be drawn in the colour of the text around it."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=True, border=2)
    return out.getvalue().decode()


def _payload(kind: str, name: str, label: str) -> dict[str, Any]:
    number = str(uuid.uuid5(NAMESPACE, name)).upper()
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": f"crmlite.{number}",
        "PayloadUUID": number,
        "PayloadDisplayName": label,
    }
