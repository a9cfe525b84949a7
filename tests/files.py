"""Files for tests."""

import io

from PIL import Image

from crmlite.rules.documents import Sent


def sent(name: str = "offer.pdf", content: bytes = b"%PDF-1.7 an offer") -> Sent:
    return Sent(name, io.BytesIO(content))


def picture(size: tuple[int, int] = (640, 480), form: str = "JPEG", **extra: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(out, form, **extra)
    return out.getvalue()
