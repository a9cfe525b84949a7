"""Devices that ask for a password by themselves, until a person has said yes."""

from crmlite.models.base import Table, UtcDateTime, link, text
from crmlite.models.users import User


class Pairing(Table):
    """The device polls with one secret while the person confirms at an address with another; of both only the SHA-256
    is kept. The password of the device is made when it fetches it, so that it is never stored."""

    poll_digest = text(64, unique=True)
    page_digest = text(64, unique=True)
    agent = text(200)
    user = link(User)
    began_at = UtcDateTime()
    granted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "pairings"
