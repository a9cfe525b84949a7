"""Pictures drawn anew: what leaves here is pixels only, without places, names or anything that could run."""

import io
import warnings
from typing import Any, BinaryIO

from crmlite.errors import Invalid
from crmlite.later import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
PREVIEW, SQUARE = 480, 256
LOGO = (1200, 480)  # sharp in print at a few centimetres
# What Pillow raises on a file that is not what it says, beside what its own class says.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError)


def preview(file: BinaryIO) -> bytes:
    """A small WebP of a picture; empty where the file is none, or one too large to draw."""
    try:
        image = _opened(file, PREVIEW)
        image.thumbnail((PREVIEW, PREVIEW))
        return _webp(image)
    except _broken():
        return b""


def square(file: BinaryIO) -> bytes:
    """The middle of a picture as a square WebP. Raises Invalid."""
    try:
        return _webp(ImageOps.fit(_opened(file, SQUARE), (SQUARE, SQUARE)))
    except _broken():
        raise Invalid("Please choose a PNG, JPEG, WebP or GIF picture of at most 40 million pixels.") from None


def logo(file: BinaryIO) -> bytes:
    """A picture with its transparency as PNG, no larger than print needs. Raises Invalid."""
    try:
        image = _opened(file, max(LOGO))
        image.thumbnail(LOGO)
        return png(image)
    except _broken():
        raise Invalid("Please choose a PNG, JPEG, WebP or GIF picture of at most 40 million pixels.") from None


def png(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def size(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels of one that was drawn here."""
    with Image.open(io.BytesIO(picture)) as image:
        return image.size


def jpeg(file: BinaryIO) -> bytes:
    """A picture as programs of any age read it. Raises Invalid."""
    try:
        out = io.BytesIO()
        image = _opened(file, SQUARE)
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image if image.mode == "RGBA" else None)
        ground.save(out, "JPEG", quality=85)
        return out.getvalue()
    except _broken():
        raise Invalid("This picture cannot be read: please choose it again.") from None


def _broken() -> tuple[type[BaseException], ...]:
    return (*BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning)


def _opened(file: BinaryIO, wanted: int) -> Any:
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        image = Image.open(file, formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", (wanted, wanted))  # a JPEG is read at a fraction of its size
        image = ImageOps.exif_transpose(image)
        return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _webp(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
