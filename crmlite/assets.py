"""Static files, addressed by their content."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "static"
TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}
COMPRESSIBLE = (".css", ".js", ".svg", ".txt", ".webmanifest")


class Asset(NamedTuple):
    body: bytes
    squeezed: bytes
    version: str
    kind: str


def asset(name: str) -> str:
    """The address of a static file, with its version."""
    return f"/static/{name}?v={load(name).version}"


@cache
def names() -> frozenset[str]:
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@cache
def load(name: str) -> Asset:
    """The file, compressed once where that helps. `name` must be one of `names()`."""
    path = FOLDER / name
    body = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    squeezed = gzip.compress(body, 9, mtime=0) if path.suffix in COMPRESSIBLE else b""
    return Asset(body, squeezed, hashlib.sha256(body).hexdigest()[:8], kind)
