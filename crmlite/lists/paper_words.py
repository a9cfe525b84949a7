"""What stands on papers beside what people typed: fixed words, days, numbers and money in the customer's language."""

from datetime import date
from typing import NamedTuple

from crmlite.lists.reader import SYMBOLS, plain_rate
from crmlite.models.currencies import places

NARROW, WIDE = "\u202f", "\u00a0"


class Spelling(NamedTuple):
    """`day` has day, month and year; `before`: the sign of a currency stands in front of its amount."""

    group: str
    point: str
    before: bool
    day: str
    months: tuple[str, ...]


SPELLINGS = {
    "en": Spelling(",", ".", True, "{day} {month} {year}", (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    )),
    "fr": Spelling(NARROW, ",", False, "{day} {month} {year}", (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre",
    )),
    "de": Spelling(".", ",", False, "{day}. {month} {year}", (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    )),
    "es": Spelling(".", ",", False, "{day} de {month} de {year}", (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    )),
}  # fmt: skip
WORDS = {
    "quote": {"en": "Quote", "fr": "Devis", "de": "Angebot", "es": "Presupuesto"},
    "order": {
        "en": "Order confirmation", "fr": "Confirmation de commande", "de": "Auftragsbestätigung",
        "es": "Confirmación de pedido",
    },
    "version": {"en": "version {}", "fr": "version {}", "de": "Fassung {}", "es": "versión {}"},
    "number": {"en": "Number", "fr": "Numéro", "de": "Nummer", "es": "Número"},
    "date": {"en": "Date", "fr": "Date", "de": "Datum", "es": "Fecha"},
    "valid": {"en": "Valid until", "fr": "Valable jusqu’au", "de": "Gültig bis", "es": "Válido hasta"},
    "currency": {"en": "Currency", "fr": "Devise", "de": "Währung", "es": "Moneda"},
    "salesperson": {"en": "Your contact", "fr": "Votre contact", "de": "Ihr Kontakt", "es": "Su contacto"},
    "customer_reference": {
        "en": "Customer number", "fr": "N° de client", "de": "Kundennummer", "es": "N.º de cliente",
    },
    "customer_tax": {"en": "Your tax number", "fr": "Votre n° de TVA", "de": "Ihre USt-IdNr.", "es": "Su NIF/IVA"},
    "description": {"en": "Description", "fr": "Désignation", "de": "Bezeichnung", "es": "Descripción"},
    "quantity": {"en": "Quantity", "fr": "Quantité", "de": "Menge", "es": "Cantidad"},
    "price": {"en": "Price", "fr": "Prix unitaire", "de": "Einzelpreis", "es": "Precio"},
    "discount": {"en": "Disc.", "fr": "Rem.", "de": "Rabatt", "es": "Dto."},
    "tax": {"en": "Tax", "fr": "TVA", "de": "USt.", "es": "IVA"},
    "amount": {"en": "Amount", "fr": "Montant", "de": "Betrag", "es": "Importe"},
    "nothing": {"en": "No lines yet.", "fr": "Aucune ligne.", "de": "Noch keine Zeilen.", "es": "Sin líneas."},
    "carried": {"en": "Carried over", "fr": "À reporter", "de": "Übertrag", "es": "Suma y sigue"},
    "brought": {"en": "Brought forward", "fr": "Report", "de": "Übertrag", "es": "Suma anterior"},
    "net": {
        "en": "Total without tax", "fr": "Total HT", "de": "Summe netto", "es": "Base imponible",
    },
    "on": {"en": "{tax} on {base}", "fr": "{tax} sur {base}", "de": "{tax} auf {base}", "es": "{tax} sobre {base}"},
    "total": {"en": "Total", "fr": "Total TTC", "de": "Gesamtbetrag", "es": "Total"},
    "sum": {"en": "Total", "fr": "Total", "de": "Gesamtbetrag", "es": "Total"},
    "accepted": {
        "en": "Accepted: place, date, name and signature",
        "fr": "Bon pour accord : lieu, date, nom et signature",
        "de": "Angenommen: Ort, Datum, Name und Unterschrift",
        "es": "Aceptado: lugar, fecha, nombre y firma",
    },
    "page": {"en": "Page {} of {}", "fr": "Page {} sur {}", "de": "Seite {} von {}", "es": "Página {} de {}"},
    "draft": {"en": "DRAFT", "fr": "BROUILLON", "de": "ENTWURF", "es": "BORRADOR"},
    "cancelled": {"en": "CANCELLED", "fr": "ANNULÉ", "de": "STORNIERT", "es": "ANULADO"},
    "superseded": {"en": "REPLACED", "fr": "REMPLACÉ", "de": "ERSETZT", "es": "SUSTITUIDO"},
}  # fmt: skip
LANGUAGES = tuple(SPELLINGS)


class Speech:
    """How a paper in one language says things; English where the language has no words here."""

    def __init__(self, language: str) -> None:
        self.language = language if language in SPELLINGS else "en"
        self._spelling = SPELLINGS[self.language]

    def word(self, name: str, *parts: object, **named: object) -> str:
        return WORDS[name][self.language].format(*parts, **named)

    def day(self, value: date | None) -> str:
        if value is None:
            return ""
        month = self._spelling.months[value.month - 1]
        return self._spelling.day.format(day=value.day, month=month, year=value.year)

    def number(self, text: str) -> str:
        """An exact decimal such as “-1250.50” with the language's signs, without idle zeros at its end."""
        whole, _, rest = text.lstrip("-").partition(".")
        rest = rest.rstrip("0")
        grouped = f"{int(whole or 0):,}".replace(",", self._spelling.group)
        sign = "−" if text.startswith("-") and (int(whole or 0) or rest) else ""
        return f"{sign}{grouped}{self._spelling.point + rest if rest else ''}"

    def amount(self, minor: int, currency: str) -> str:
        """With all digits of the currency's minor unit, without its sign."""
        digits = places(currency)
        whole, rest = divmod(abs(minor), 10**digits)
        grouped = f"{whole:,}".replace(",", self._spelling.group)
        behind = f"{self._spelling.point}{rest:0{digits}d}" if digits else ""
        return f"{'−' if minor < 0 else ''}{grouped}{behind}"

    def money(self, minor: int, currency: str) -> str:
        sign = SYMBOLS.get(currency, currency)
        if self._spelling.before:
            return f"{'−' if minor < 0 else ''}{sign}{WIDE}{self.amount(abs(minor), currency)}"
        return f"{self.amount(minor, currency)}{WIDE}{sign}"

    def rate(self, hundredths: int) -> str:
        """Hundredths of a percent."""
        return f"{plain_rate(hundredths).replace('.', self._spelling.point)}{WIDE}%"
