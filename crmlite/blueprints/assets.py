"""Static files: addressed by content, kept by browsers for good, compressed once."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, abort, request

from crmlite.blueprints.guard import public

bp = Blueprint("assets", __name__)
FOLDER = Path(__file__).parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}
COMPRESSIBLE = (".css", ".js", ".svg", ".txt", ".webmanifest")


class Asset(NamedTuple):
    body: bytes
    squeezed: bytes
    version: str
    kind: str


def asset(name: str) -> str:
    """The address of a static file, with its version."""
    return f"/static/{name}?v={_load(name).version}"


@bp.get("/static/<path:name>")
@public
def file(name: str) -> Response:
    if name not in _names():
        abort(404)
    found = _load(name)
    response = Response(mimetype=found.kind)
    if found.squeezed and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(found.squeezed)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(found.body)
    response.vary.add("Accept-Encoding")
    response.set_etag(found.version)
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == found.version else "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


@bp.get("/favicon.ico")
@public
def icon() -> Response:
    return file("favicon.svg")


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@lru_cache(maxsize=None)
def _load(name: str) -> Asset:
    path = FOLDER / name
    body = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    squeezed = gzip.compress(body, 9, mtime=0) if path.suffix in COMPRESSIBLE else b""
    return Asset(body, squeezed, hashlib.sha256(body).hexdigest()[:10], kind)
