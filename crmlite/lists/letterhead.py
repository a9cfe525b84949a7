"""The house as the sender of a paper, and a paper to look at."""

from datetime import timedelta

from crmlite.lists.paper_data import Paper, PaperLine, Sender, TaxSum
from crmlite.lists.reader import Reader
from crmlite.models.currencies import places
from crmlite.rules import directory, organisation

# Name, quantity, units of the currency, hundredths of a percent off.
SAMPLE = (("Wall shelving, oak", 12, 289, 1000), ("Ceiling light", 8, 90, 0), ("Fitting by two people", 16, 118, 0))


def sender() -> Sender:
    known = organisation.sender()
    return Sender(
        str(directory.current().settings["organisation"]),
        tuple(line for line in known["address"].split("\n") if line),
        known["phone"],
        known["email"],
        known["website"],
        known["registration"],
        known["bank"],
        organisation.logo(),
    )


def sample(language: str, to: Reader) -> Paper:
    """A made-up quote with the house's own letterhead and texts."""
    currency, texts, days = to.directory.currency, organisation.texts(language), organisation.quote_days()
    one = 10 ** places(currency)
    lines = tuple(
        PaperLine(name, "", str(count), "", price * one, off, "20 %", count * price * one * (10_000 - off) // 10_000)
        for name, count, price, off in SAMPLE
    )
    net = sum(line.total or 0 for line in lines)
    return Paper(
        "quote", "Q0042", to.today, currency, sender(), ("Maison Delorme", "Hélène Dupré", "69002 Lyon"), lines, net,
        net // 5, net + net // 5, (TaxSum("20 %", net, net // 5),), language, title="Shelving for the new shop",
        valid_until=to.today + timedelta(days=days) if days else None, salesperson=to.by.name,
        introduction=texts.introduction, closing=texts.closing, footer=texts.footer,
    )  # fmt: skip
