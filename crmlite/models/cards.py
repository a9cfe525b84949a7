"""Cards of customers and contacts as an address book sent them."""

from peewee import IntegerField

from crmlite.models.base import Record, text


class Card(Record):
    """`about` is the concept and `card_of` the id of the record it is the card of. `vcard` is the text as it came,
    `known` what the program held just after, as JSON; both are too large for the history, which tells of `revision`. A
    record that no client wrote has no row: its card is made of its columns."""

    concept = "card"

    about = text(20)
    card_of = IntegerField()
    uid = text(300)
    href = text(300)
    vcard = text(2 * 1024 * 1024)
    known = text(2 * 1024 * 1024)
    revision = IntegerField(default=0)

    class Meta:
        table_name = "cards"
        indexes = ((("about", "card_of", "id"), False), (("href",), False), (("uid",), False))

    @property
    def label(self) -> str:
        return f"Card of {self.about} {self.card_of}"
