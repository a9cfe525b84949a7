"""People and companies as files of vCards (RFC 2426 and 6350), for address books. What a card says is in
`rules/card_facts.py`, how in `vcf/build.py`."""

import io
from collections.abc import Iterator
from typing import Any

from crmlite.lists import query
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.rules import card_facts, documents, images
from crmlite.rules.access import visible
from crmlite.rules.cards import made_uid
from crmlite.vcf.build import build

VERSIONS = ("3.0", "4.0")
AT_ONCE = 500


def cards(spec: ListSpec, asked: query.Wish, to: Reader, version: str = "3.0") -> Iterator[str]:
    """The cards of all that the list shows."""
    ids = query.ids(spec, asked, to, 10**6)
    for start in range(0, len(ids), AT_ONCE):
        wanted = ids[start : start + AT_ONCE]
        found = {one.id: one for one in visible(spec.model, to.by).where(spec.model.id.in_(wanted))}
        yield "".join(_texts([found[one] for one in wanted if one in found], to, version))


def card(record: Any, to: Reader, version: str = "3.0") -> str:
    """One card."""
    return next(_texts([record], to, version))


def _texts(records: list[Any], to: Reader, version: str) -> Iterator[str]:
    """Of records of one concept."""
    if not records:
        return
    facts, ids = card_facts.of(records, to.by), [one.id for one in records]
    pictures = documents.pictures_of(records[0].concept, ids, to.by)
    for one in records:
        photo = images.jpeg(io.BytesIO(pictures[one.id])) if one.id in pictures else b""
        revised = f"REV:{one.updated_at:%Y%m%dT%H%M%SZ}"
        uid = made_uid(one.concept, one.id, one.created_at)
        yield build(facts[one.id], uid if version == "3.0" else f"urn:uuid:{uid}", photo, version, (revised,))
