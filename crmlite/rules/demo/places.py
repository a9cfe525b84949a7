"""Where the demo people live: towns, streets that sound right there, and telephone numbers nobody has."""

from typing import NamedTuple


class Place(NamedTuple):
    """`phone` and `mobile` are prefixes; four and three digits follow."""

    city: str
    country: str
    region: str
    postcode: str
    phone: str
    mobile: str
    streets: tuple[str, ...]


TOWNS = """
Lyon       | France         | Auvergne-Rhône-Alpes | 69002   | +33 4 65 71      | +33 6 39 98 0  | {} rue Mercière; {} quai des Tanneurs; {} rue du Four
Marseille  | France         | Provence             | 13006   | +33 4 65 72      | +33 6 39 98 1  | {} rue Breteuil; {} cours Julien
Gent       | Belgium        | Oost-Vlaanderen      | 9000    | +32 9 555        | +32 455 55 0   | Kraanlei {}; Vlaanderenstraat {}
Utrecht    | Netherlands    | Utrecht              | 3511 AB | +31 30 555       | +31 6 5555 0   | Oudegracht {}; Twijnstraat {}
Leipzig    | Germany        | Sachsen              | 04109   | +49 341 555      | +49 152 288 0  | Nikolaistraße {}; Ritterstraße {}
Graz       | Austria        | Steiermark           | 8010    | +43 316 555      | +43 660 555 0  | Sporgasse {}; Annenstraße {}
Trieste    | Italy          | Friuli               | 34121   | +39 040 555      | +39 320 555 0  | Via Cadorna {}; Corso Italia {}
Bilbao     | Spain          | Bizkaia              | 48005   | +34 944 55       | +34 655 55 0   | Calle Ledesma {}; Calle Correo {}
Porto      | Portugal       | Norte                | 4050-01 | +351 22 555      | +351 915 55 0  | Rua das Flores {}; Rua do Almada {}
Lisboa     | Portugal       | Lisboa               | 1200-10 | +351 21 555      | +351 915 56 0  | Rua da Prata {}; Rua Augusta {}
Aarhus     | Denmark        | Midtjylland          | 8000    | +45 87 55        | +45 55 55 0    | Vestergade {}; Guldsmedgade {}
Tallinn    | Estonia        | Harjumaa             | 10123   | +372 655         | +372 555 0     | Pikk {}; Telliskivi {}
Ljubljana  | Slovenia       | Osrednjeslovenska    | 1000    | +386 1 555       | +386 40 555 0  | Trubarjeva {}; Stari trg {}
Gdynia     | Poland         | Pomorskie            | 81-364  | +48 58 555       | +48 555 55 0   | Świętojańska {}; Starowiejska {}
Edinburgh  | United Kingdom | Scotland             | EH1 1RE | +44 131 496      | +44 7700 900 0 | {} Cockburn Street; {} Leith Walk
Bristol    | United Kingdom | England              | BS1 4HJ | +44 117 496      | +44 7700 900 1 | {} Corn Street; {} North Street
Galway     | Ireland        | Connacht             | H91 E2N | +353 20 913      | +353 89 555 0  | {} Shop Street; {} Dominick Street
Lausanne   | Switzerland    | Vaud                 | 1003    | +41 21 555       | +41 77 555 0   | Rue de Bourg {}; Avenue de la Gare {}
"""  # noqa: E501 - a table


def _read() -> dict[str, Place]:
    places = {}
    for line in TOWNS.strip().splitlines():
        *facts, streets = (part.strip() for part in line.split("|"))
        places[facts[0]] = Place(*facts, tuple(streets.split("; ")))
    return places


PLACES = _read()


def address(city: str, number: int) -> dict[str, str]:
    """The address columns of the `number`-th inhabitant of a town."""
    place = PLACES[city]
    street = place.streets[number % len(place.streets)].format(3 + number * 7 % 88)
    return {
        "street": street,
        "city": place.city,
        "region": place.region,
        "postcode": place.postcode,
        "country": place.country,
    }


def phone(city: str, number: int) -> str:
    digits = f"{(number * 37 + 1208) % 10000:04d}"
    return f"{PLACES[city].phone} {digits[:2]} {digits[2:]}"


def mobile(city: str, number: int) -> str:
    return f"{PLACES[city].mobile}{(number * 53 + 17) % 1000:03d}"
