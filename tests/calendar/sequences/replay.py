"""Requests as a client sends them, one after the other, and what each was answered. The bodies are written after what
the clients are known to ask: captures in public issue threads, and the sources of those whose sources are public."""

import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import requests

from tests.calendar.conftest import Answer, Device, Found

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Client:
    """One program on one device. `headers` go with every request, as `User-Agent` and `Accept-Language` do."""

    def __init__(self, phone: Device, **headers: str) -> None:
        self.phone = phone
        self.base = phone.server.url
        self.home = f"/dav/{phone.slug}/"
        self.auth = phone.auth
        self._headers = spelled(headers)

    def send(self, method: str, path: str, body: str = "", wants: int = 207, **headers: str) -> Answer:
        """`path` from the root or below the home; never followed where it is redirected. `signed="no"` sends it as
        clients do that wait to be asked who they are."""
        signed = headers.pop("signed", "yes") == "yes"
        response = requests.request(
            method,
            self.base + (path if path.startswith("/") else self.home + path),
            data=body.encode() if body else None,
            headers={**self._headers, **spelled(headers)},
            auth=self.auth if signed else None,
            allow_redirects=False,
            timeout=20,
        )
        assert response.status_code == wants, (method, path, response.status_code, response.text)
        return Answer(response)

    def put(self, path: str, text: str, wants: int = 201, **headers: str) -> str:
        """The ETag that was answered."""
        answer = self.send("PUT", path, text, wants, **headers)
        etag = answer.response.headers.get("ETag", "")
        assert bool(etag) == (wants in (201, 204)), answer.response.headers
        return etag


def spelled(headers: dict[str, str]) -> dict[str, str]:
    """If_Match -> If-Match, as keywords cannot hold a hyphen."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def there(found: Found) -> set[str]:
    """The local names of the properties that were told."""
    return {name.rpartition("}")[2] for name in found.props}


def missing(found: Found) -> set[str]:
    return {name.rpartition("}")[2] for name in found.missing}


def asked(body: str) -> set[str]:
    """The local names of the properties that a request asks for."""
    prop = next(one for one in ET.fromstring(body[body.index("<", 5) :]).iter() if one.tag == "{DAV:}prop")
    return {one.tag.rpartition("}")[2] for one in prop}


def at(answer: Answer, name: str) -> Found:
    """The response for an address that ends so."""
    (one,) = [found for found in answer.found if urlsplit(found.href).path.rstrip("/").endswith(f"/{name.rstrip('/')}")]
    return one


def inner(found: Found, name: str) -> set[str]:
    """Local names of everything inside a property."""
    (prop,) = [prop for tag, prop in found.props.items() if tag.rpartition("}")[2] == name]
    return {one.tag.rpartition("}")[2] for one in prop.iter()} - {name}


def told(found: Found, name: str) -> str:
    """The text of a property, its own or that of the href inside."""
    (prop,) = [prop for tag, prop in found.props.items() if tag.rpartition("}")[2] == name]
    return "".join(prop.itertext()).strip()


def outcomes(answer: Answer) -> dict[str, str]:
    """What a PROPPATCH was answered: local name of the property -> its status."""
    assert answer.root is not None
    return {
        prop.tag.rpartition("}")[2]: (stat.findtext("{DAV:}status") or "").split(" ")[1]
        for stat in answer.root.iter("{DAV:}propstat")
        for prop in stat.find("{DAV:}prop") or ()
    }
