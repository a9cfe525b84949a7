"""The quotes and orders of the demo, as a table."""

from collections.abc import Callable
from typing import NamedTuple

from crmlite.models.quotes import Quote
from crmlite.rules import quote_lines, quote_steps, quotes
from crmlite.rules.access import Actor
from crmlite.rules.demo.telling import Teller, choice, rows

SPOKEN = {"Lyon": "fr", "Leipzig": "de", "Graz": "de", "Bilbao": "es"}
LINES_LATER = 900  # its place among the steps of the day, after the sales


class Offer(NamedTuple):
    """`valid`: days from today. `path`: the steps after the draft, "step:days ago" each. `lines`: products with their
    quantity, "product*quantity-discount" each; # begins a heading."""

    sale: str
    owner: str
    days: str
    valid: str
    path: str
    lines: str


# opportunity | owner | days | valid until | path | lines
OFFERS = """
Delicatessen, cold wall         | amina | 2   | 28  |                                               | Chilled counter*3; Fitting by two people*14; Delivery in the Union*1
Tasting room                    | lena  | 1   | 29  |                                               | Wall shelving, oak*12; Track light*8; Drawing and site visit*6.5
Shop 12, Croix-Rousse           | lena  | 9   | 21  | finalize:8                                    | # Shelving; Wall shelving, oak*38-7.5; Display plinth*14; # Light; Track light*42; Light track*36.5; # On site; Fitting by two people*64; Delivery in the Union*1
Reseller stock, spring          | lena  | 4   | 26  | finalize:3, send:3                            | Wall shelving, powder-coated*60-18; Display plinth*24-18; Light track*120-18
Optician’s back room            | dario | 9   | 4   | finalize:8, send:8                            | Display plinth*6; Wall shelving, oak*14.4; Fitting in a listed building*12
Stalls 5 to 9                   | oskar | 32  | -2  | finalize:31, send:30                          | Chilled counter*5-4; Cold room panel*86; Fitting by two people*48; Yearly service*1
Two pharmacies, Connewitz       | dario | 25  | 12  | finalize:24, send:24, revise:9, finalize:8, send:8 | # Gohliser Straße; Wall shelving, powder-coated*44; # Connewitz; Wall shelving, powder-coated*58; Track light*64; Fitting by two people*80
Shop 11, Part-Dieu              | lena  | 100 | -60 | finalize:98, send:97, confirm:52, complete:20 | Wall shelving, oak*62; Track light*70; Light track*60; Fitting by two people*72; Delivery in the Union*1
Centre Amersfoort               | oskar | 60  | -20 | finalize:55, send:54, confirm:16              | Track light*240-12; Light track*310-12; Fitting by two people*120; Yearly service*1
Study and hall, private house   | dario | 15  | 15  | finalize:14, send:14, confirm:8               | Wall shelving, oak*16; Display plinth*2; Fitting by two people*10
Staff kitchen, head office      | dario | 50  | -15 | finalize:49, send:48                          | Cold room, modular*1; Delivery in the Union*1
Four butchers, new rails        | amina | 26  | 4   | cancel:20                                     | Cold room panel*40; Fitting by two people*30
"""  # noqa: E501 - a line each
STEPS: dict[str, Callable[[Quote, Actor], Quote]] = {
    "finalize": quotes.finalize,
    "send": quotes.send,
    "confirm": quotes.confirm,
    "complete": quotes.complete,
    "revise": quotes.revise,
    "cancel": lambda quote, by: quotes.cancel(
        quote, choice("cancel_reason", "Made by mistake"), "Rita asked twice.", by
    ),
}


def tell(teller: Teller) -> None:
    for place, cells in enumerate(rows(OFFERS)):
        _tell(teller, LINES_LATER + place, Offer(*cells))


def _tell(teller: Teller, number: int, offer: Offer) -> None:
    by = teller.actor(offer.owner)

    def make() -> Quote:
        sale = teller.made["opportunity", offer.sale]
        valid = teller.story.day(int(offer.valid))
        language = SPOKEN.get(sale.partner.city, "en")
        quote = quotes.create({"opportunity": sale.id, "valid_until": valid, "language": language}, by)
        for line in offer.lines.split("; "):
            _add(teller, quote, line, by)
        return quote

    teller.at(int(offer.days), number, make, offer.sale)
    for step in filter(None, offer.path.split(", ")):
        verb, _, ago = step.partition(":")
        teller.then(int(ago), number, _stepper(teller, offer.sale, verb, by))


def _add(teller: Teller, quote: Quote, text: str, by: Actor) -> None:
    if text.startswith("# "):
        quote_lines.add(quote, {"kind": "heading", "name": text[2:]}, by)
        return
    name, _, amount = text.partition("*")
    quantity, _, discount = amount.partition("-")
    values = quote_lines.of_product(teller.made["product", name], quote)
    figures = {"quantity": _exact(quantity, 1000), "discount": _exact(discount or "0", 100)}
    quote_lines.add(quote, {**values, **figures}, by)


def _exact(text: str, parts: int) -> int:
    """“2.5” in thousandths or hundredths, without a float on the way."""
    whole, _, rest = text.partition(".")
    digits = len(str(parts)) - 1
    return int(whole) * parts + int(rest.ljust(digits, "0") or 0)


def _stepper(teller: Teller, name: str, verb: str, by: Actor) -> Callable[[], object]:
    """The newest version takes the step, where it has not been overtaken by the fate of the sale."""

    def step() -> object:
        quote = Quote.get_by_id(teller.made["quote", name].id)
        if verb not in quote_steps.verbs(quote):
            return quote
        done = STEPS[verb](quote, by)
        teller.made["quote", name] = done
        return done

    return step
