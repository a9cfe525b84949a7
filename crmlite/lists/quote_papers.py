"""A quote as a paper: what is printed, and the same as rows for other programs."""

from collections.abc import Iterator
from urllib.parse import quote as encoded

from crmlite.lists import export
from crmlite.lists.letterhead import sender
from crmlite.lists.paper_data import Paper, PaperLine, TaxSum
from crmlite.lists.quote_lines import quantity_text
from crmlite.lists.reader import Reader, plain_rate
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.rules import organisation, quote_lines
from crmlite.rules.access import look

HEADINGS = ("Item", "Description", "Quantity", "Unit", "Price", "Discount %", "Tax", "Tax %", "Total without tax")


def paper(quote: Quote, to: Reader) -> Paper:
    """Everything as it stands on the quote; a draft and a cancelled one say so across the page."""
    lines = quote_lines.of(quote, to.by)
    sums = quote_lines.totals(lines)
    customer = look(Partner, quote.partner_id or 0, to.by)
    return Paper(
        kind="order" if quote.is_order else "quote",
        number=quote.base,
        version=quote.revision,
        date=quote.quote_date or to.today,
        currency=quote.currency,
        sender=sender(),
        recipient=tuple(line for line in quote.address.splitlines() if line.strip()),
        lines=tuple(_line(line) for line in lines),
        net=sums.untaxed,
        tax=sums.tax,
        total=sums.total,
        taxes=tuple(TaxSum(one.name, one.base, one.tax) for one in sums.taxes if one.name or one.rate),
        language=quote.language or "en",
        title=quote.name,
        valid_until=None if quote.is_order else quote.valid_until,
        salesperson=to.directory.person_name(quote.owner_id),
        customer_reference=customer.reference if customer else "",
        customer_tax=customer.tax_number if customer else "",
        introduction=quote.introduction,
        closing=quote.closing,
        footer=organisation.texts(quote.language).footer,
        status=quote.status if quote.status in ("draft", "cancelled", "superseded") else "",
    )


def csv(quote: Quote, to: Reader) -> Iterator[str]:
    """The lines and the sums below them; decimals with a point, as every program reads them."""
    lines = quote_lines.of(quote, to.by)
    yield "\ufeff" + export.line(list(HEADINGS))
    for line in lines:
        yield export.line(_cells(line, quote.currency))
    sums = quote_lines.totals(lines)
    yield _sum("Without tax", "", sums.untaxed, quote.currency)
    for one in sums.taxes:
        if one.name or one.rate:
            yield _sum(one.name, plain_rate(one.rate), one.tax, quote.currency)
    yield _sum("Total", "", sums.total, quote.currency)


def mail(quote: Quote, to: Reader) -> tuple[str, str, str]:
    """Whom to write to: the name, the address as a mailto link and the record that has asked not to be written to, as
    a sentence, empty where nobody did. The contact goes before the customer."""
    people = [look(Contact, quote.contact_id or 0, to.by), look(Partner, quote.partner_id or 0, to.by)]
    person = next((one for one in people if one and one.email), None)
    if person is None:
        return "", "", ""
    subject = encoded(f"{paper(quote, to).name}: {quote.name}")
    refuses = f"{person.label} has asked not to be written to. Please write only what they expect from you."
    return person.email, f"mailto:{person.email}?subject={subject}", refuses if person.do_not_email else ""


def _line(line: QuoteLine) -> PaperLine:
    if line.kind == "heading":
        return PaperLine(line.name)
    return PaperLine(
        line.name,
        line.description,
        quantity_text(line.quantity),
        line.unit,
        line.unit_price,
        line.discount,
        line.tax_name,
        line.total,
    )


def _cells(line: QuoteLine, currency: str) -> list[str]:
    if line.kind == "heading":
        return [line.name, *[""] * (len(HEADINGS) - 1)]
    return [
        line.name,
        line.description,
        quantity_text(line.quantity),
        line.unit,
        export.decimal(line.unit_price, currency),
        plain_rate(line.discount),
        line.tax_name,
        plain_rate(line.tax_rate),
        export.decimal(line.total, currency),
    ]


def _sum(label: str, rate: str, amount: int, currency: str) -> str:
    return export.line([label, *[""] * 6, rate, export.decimal(amount, currency)])
