"""Who stands above the records of an imported file: parent companies and whom people report to, by name. They are
linked when all rows are in, since a file names them in any order."""

from collections.abc import Iterable
from typing import Any

from crmlite.errors import Refused
from crmlite.lists.import_mapping import SPECS
from crmlite.lists.import_values import ABOVE
from crmlite.models.base import fold
from crmlite.models.imports import Import, ImportRow
from crmlite.models.partners import Partner
from crmlite.rules import gate, imports, reach
from crmlite.rules.access import Actor, visible

WHOM = {"partner": "Parent company", "contact": "Reports to"}


class Links:
    """The records that some texts may mean, as far as this person sees them."""

    def __init__(self, target: str, by: Actor) -> None:
        self.target, self.by, self.model = target, by, SPECS[target].model
        self.found: dict[str, list[Any]] = {}

    def look_up(self, texts: Iterable[str]) -> None:
        """By name in either order, and by e-mail or reference: all at once."""
        wanted = set(texts) - set(self.found)
        if not wanted:
            return
        names = {name for text in wanted for name in spellings(text)}
        where = self.model.sort_name.in_(sorted(names))
        if self.target == "partner":
            where |= Partner.reference.in_(sorted(text.upper() for text in wanted))
        elif emails := sorted(text.lower() for text in wanted if "@" in text):
            where |= reach.has_email(self.model, emails)
        records = list(visible(self.model, self.by).where(where).order_by(self.model.id))
        reached = reach.of(records)
        for text in wanted:
            self.found[text] = [one for one in records if self._means(text, one, reached[one.id].emails)]

    def choose(self, text: str, record_id: int | None, partner_id: int | None) -> tuple[Any, str]:
        """The record that is meant, or a sentence why none is; colleagues go before people elsewhere."""
        found = [one for one in self.found[text] if one.id != record_id]
        near = [one for one in found if partner_id and getattr(one, "partner_id", None) == partner_id]
        chosen = near or found
        if len(chosen) == 1:
            return chosen[0], ""
        word = WHOM[self.target]
        if not chosen:
            where = "your customers" if self.target == "partner" else "the contacts that you see"
            return None, f"{word} “{text}”: there is none in this file or among {where}."
        exact = "reference" if self.target == "partner" else "e-mail address"
        return None, f"{word} “{text}”: there are several. Please write the {exact}, or choose one on the page."

    def _means(self, text: str, record: Any, emails: tuple[str, ...]) -> bool:
        exact = getattr(record, "reference", None) == text.upper() or text.lower() in emails
        return exact or record.sort_name in spellings(text)


def spellings(text: str) -> list[str]:
    """A name as it may be sorted: it is not known which of its words are the last name."""
    words = fold(text).replace(",", " ").split()
    return [" ".join(words[at:] + words[:at]) for at in range(len(words))]


def link(batch: Import, rows: list[ImportRow], by: Actor) -> None:
    """Link the records of these rows; what cannot be is told with the row. Call it inside the gesture of the
    import."""
    spec, field = SPECS[batch.target], ABOVE[batch.target]
    links = Links(batch.target, by)
    links.look_up(row.above for row in rows)
    ids = [row.record_id for row in rows]
    records = {one.id: one for one in visible(spec.model, by).where(spec.model.id.in_(ids))}
    for row in rows:
        record, reason = records.get(row.record_id), ""
        if record is not None:
            above, reason = links.choose(row.above, record.id, getattr(record, "partner_id", None))
            if above is not None:
                try:
                    with gate.together():
                        spec.edit(record, {field: above.id}, by)
                except Refused as error:
                    reason = f"{WHOM[batch.target]} “{row.above}”: {' '.join(error.fields.values()) or error.message}"
        imports.note_link(row, reason)
