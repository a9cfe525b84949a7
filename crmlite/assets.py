"""Static files, addressed by their content."""

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import brotli

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
}
# What every page needs, in one file each: fewer requests, and one dictionary for the compressor.
BUNDLES = {
    "css/app.css": (
        "css/tokens.css",
        "css/base.css",
        "css/shell.css",
        "css/controls.css",
        "css/list.css",
        "css/print.css",
    ),
    "js/app.js": (
        "vendor/htmx.min.js",
        "js/shell.js",
        "js/toast.js",
        "js/dialog.js",
        "js/menu.js",
        "js/palette.js",
        "js/event.js",
        "js/guests.js",
        "js/bell.js",
    ),
    "js/lists.js": (
        "js/cell.js",
        "js/list.js",
        "js/filter.js",
        "js/columns.js",
        "js/funnel.js",
        "js/live.js",
        "js/pick.js",
    ),
}
COMPRESSIBLE = (".css", ".js", ".svg", ".txt", ".webmanifest")


class Asset(NamedTuple):
    body: bytes
    version: str
    kind: str


def asset(name: str) -> str:
    """The address of a static file, with its version."""
    return f"/static/{name}?v={load(name).version}"


@cache
def names() -> frozenset[str]:
    return frozenset(BUNDLES) | frozenset(
        path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()
    )


@cache
def load(name: str) -> Asset:
    """The file as it is served. `name` must be one of `names()`."""
    path = FOLDER / name
    body = (
        "\n".join(_lighter(part) for part in BUNDLES.get(name, (name,))).encode()
        if _is_text(name)
        else path.read_bytes()
    )
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(body, hashlib.sha256(body).hexdigest()[:8], kind)


@cache
def packed(name: str, coding: str) -> bytes:
    """The file in the content coding `br` or `gzip`, as small as it gets; empty where that does not help."""
    if not name.endswith(COMPRESSIBLE):
        return b""
    body = load(name).body
    return brotli.compress(body, quality=11) if coding == "br" else gzip.compress(body, 9, mtime=0)


def _is_text(name: str) -> bool:
    return name.endswith((".css", ".js"))


def _lighter(name: str) -> str:
    """The file without comments and indentation. Vendored files pass as they came, so that checksums hold."""
    text = (FOLDER / name).read_text()
    if name.startswith("vendor/"):
        return text
    if name.endswith(".css"):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
