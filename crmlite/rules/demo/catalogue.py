"""What the demo house sells, and its taxes, as tables."""

from crmlite.rules import products
from crmlite.rules.demo.telling import Teller, rows

# name | hundredths of a percent | the one new lines begin with
TAXES = """
VAT 20 %         | 2000 | x
Reduced VAT 10 % | 1000 |
Export, no VAT   | 0    |
"""
# name | reference | price in cents | unit | tax | description
PRODUCTS = """
Wall shelving, oak            | SH-OAK-100 | 28900   | metre | VAT 20 %         | Solid oak on a steel rail, five shelves, 240 cm high. Oiled, not lacquered.
Wall shelving, powder-coated  | SH-STL-100 | 17400   | metre | VAT 20 %         | Steel, five shelves, 240 cm high, in any colour of the RAL card.
Display plinth                | PL-45      | 13500   | piece | VAT 20 %         | 45 × 45 × 90 cm, lacquered board, felt underneath.
Chilled counter               | CC-200     | 498000  | piece | VAT 20 %         | Two metres, 2 to 6 °C with the doors open, stainless steel inside, glass from the front.
Cold room, modular            | CR-10      | 1124000 | piece | VAT 20 %         | 10 m², panels of 100 mm, door 90 cm, cooling unit on the wall. Six weeks from order to fitting.
Cold room panel               | CR-P100    | 11250   | m²    | VAT 20 %         | 100 mm, both sides food-safe.
Track light                   | TL-3       | 8950    | piece | VAT 20 %         | LED, 3000 K, turns and dims. Gives no warmth to cloth or chocolate.
Light track                   | TL-R       | 3990    | metre | VAT 20 %         | Surface-mounted, white or black.
Drawing and site visit        | DES-1      | 9500    | hour  | VAT 20 %         | Measured on site, drawn to scale, changed until it fits.
Fitting by two people         | FIT-2      | 11800   | hour  | VAT 20 %         | With tools and disposal of the packaging.
Fitting in a listed building  | FIT-L      | 14200   | hour  | Reduced VAT 10 % | As above, without a hole in any wall.
Delivery in the Union         | FR-EU      | 39000   | piece | VAT 20 %         | To the kerb, unloaded by us.
Delivery overseas             | FR-OS      | 124000  | piece | Export, no VAT   | Crated for sea freight, to the port of your choice.
Yearly service                | SV-12      | 46000   | year  | VAT 20 %         | Two visits, seals and filters included, spare parts at cost.
"""  # noqa: E501 - a line each


def tell(teller: Teller) -> None:
    taxes: dict[str, int] = {}
    for place, (name, rate, usual) in enumerate(rows(TAXES)):
        teller.at(408 - place, place, lambda n=name, r=rate, u=usual: _tax(n, int(r), bool(u), teller, taxes), name)
    for place, row in enumerate(rows(PRODUCTS)):
        teller.at(404, place, lambda row=row: _product(row, teller, taxes), row[0])


def _tax(name: str, rate: int, usual: bool, teller: Teller, taxes: dict[str, int]) -> object:
    tax = products.add_tax({"name": name, "rate": rate, "usual": usual}, teller.actor("renata"))
    taxes[name] = tax.id
    return tax


def _product(row: list[str], teller: Teller, taxes: dict[str, int]) -> object:
    name, reference, price, unit, tax, description = row
    values = {
        "name": name, "reference": reference, "price": int(price), "unit": unit, "tax": taxes[tax],
        "description": description,
    }  # fmt: skip
    return products.create(values, teller.actor("oskar"))
