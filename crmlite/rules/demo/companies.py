"""The customers of the demo and the people there, as tables: a line each."""

from datetime import datetime
from typing import Any, NamedTuple

from crmlite.models.base import Record, fold
from crmlite.rules import contacts, partners
from crmlite.rules.demo.places import address, mobile, phone
from crmlite.rules.demo.telling import Teller, choice, host_of, mailbox, rows

FLAGS = {"c": "is_customer", "p": "is_prospect", "s": "is_supplier"}
SOURCES = ("Trade fair", "Word of mouth", "Website", "Partner")
TWIN = "Kestrel Bookshop Ltd"


class Company(NamedTuple):
    """`flags`: c customer, p prospect, s supplier. `days`: since it was made. `turnover` in thousands."""

    name: str
    kind: str
    flags: str
    city: str
    sector: str
    category: str
    owner: str
    days: str
    employees: str
    turnover: str
    note: str


class Somebody(NamedTuple):
    first_name: str
    name: str
    title: str
    company: str
    job_title: str
    department: str


# name | kind | flags | town | sector | category | owner | days | employees | turnover (thousands) | note
COMPANIES = """
Maison Delorme          | company | c  | Lyon       | Retail        | Key account    | lena  | 410 | 62  | 9400  | Eleven shops for tableware. Pays on time, wants one fitter for every shop.
Van Houtte Kaas         | company | c  | Gent       | Retail        | Small business | amina | 395 | 14  | 1900  | Three cheese shops; the counters must hold 4 °C with the doors open all Saturday.
Kestrel Bookshops       | company | c  | Edinburgh  | Retail        | Key account    | dario | 380 | 48  | 6100  | Five bookshops. Julia decides, her brother signs.
Rosenhof Hotels         | company | c  | Graz       | Hospitality   | Key account    | lena  | 372 | 210 | 21000 | Four houses, refurbished one a year, always in February.
Frigo Adria             | company | s  | Trieste    | Manufacturing |                | oskar | 366 | 85  | 12500 | Cold room panels. Eight weeks from order to delivery, six for repeat sizes.
Pastelaria Almada       | company | c  | Porto      | Retail        | Small business | amina | 351 | 22  | 2300  | Two pastry shops and a bakery by the river.
Lumen Aarhus            | company | s  | Aarhus     | Manufacturing |                | oskar | 340 | 31  | 5200  | LED tracks and spots; samples are free, freight is not.
Herbarium Apotheken     | company | c  | Leipzig    | Health        | Key account    | dario | 331 | 120 | 18700 | Nine pharmacies. Every drawing goes past their health and safety officer.
Baltic Fish Hall        | company | c  | Gdynia     | Retail        | Small business | amina | 318 | 18  | 3100  | Fish counter and smokehouse. Salt air: stainless steel only.
Tuulik Coffee           | company | c  | Tallinn    | Hospitality   | Small business | lena  | 302 | 26  | 1700  | Six coffee bars, all in old houses with low ceilings.
Stadsbakkerij Vermeer   | company | p  | Utrecht    | Retail        | Small business | amina | 118 | 35  | 3900  | Moving into the former post office next spring.
Galway Outdoor          | company | p  | Galway     | Retail        | Small business | dario | 96  | 12  | 1400  | Wants the racks from the Bristol trade fair.
Corvo Ottica            | company | c  | Trieste    | Health        | Small business | dario | 288 | 9   | 900   | Optician. Display drawers with soft closing, oak.
Ziherl Delikatese       | company | c  | Ljubljana  | Retail        | Small business | amina | 275 | 11  | 1250  | Delicatessen in the covered market.
Severn Farm Shops       | company | p  | Bristol    | Retail        | Reseller       | amina | 84  | 40  | 5600  | Seven farm shops buying together. Ask for the June figures.
Librairie du Four       | company | c  | Lyon       | Retail        | Small business | lena  | 262 | 7   | 780   |
Bodega Etxea            | company | p  | Bilbao     | Hospitality   | Small business | lena  | 77  | 16  | 2100  | Wine bar and shop; cellar at 12 °C, bar at 6 °C.
Ateliers Corbin         | company | s  | Marseille  | Construction  |                | renata| 258 | 24  | 3300  | Joiners who fit for us south of Valence.
Clinique du Léman       | company | p  | Lausanne   | Health        | Public body    | dario | 71  | 340 | 52000 | Tender for the cafeteria and the pharmacy store, two lots.
Marché Couvert Breteuil | company | c  | Marseille  | Retail        | Public body    | oskar | 249 | 18  | 4000  | Twenty-two stalls under one roof. The market office orders, the stallholders complain.
Nordkap Logistik        | company | p  | Leipzig    | Logistics     | Key account    | oskar | 64  | 410 | 88000 | Cold store for a parcel service for groceries.
Fenwick & Rowe          | company | c  | Bristol    | Services      | Small business | dario | 236 | 33  | 4700  | Architects; they bring us along to their clients.
Oliveira Talhos         | company | c  | Lisboa     | Retail        | Small business | amina | 228 | 19  | 2800  | Four butchers. Prefers a call before nine.
De Gouden Leeuw         | company | p  | Gent       | Hospitality   | Small business | lena  | 58  | 28  | 3600  |
Sporgasse Mode          | company | c  | Graz       | Retail        | Small business | lena  | 214 | 15  | 2000  | Fashion on two floors, new lighting only at night.
Pääsuke Toys            | company | p  | Tallinn    | Retail        | Small business | dario | 45  | 8   | 620   | First shop, opens in autumn. Budget is tight and they say so.
Ribarnica Stari Trg     | company | c  | Ljubljana  | Retail        | Small business | amina | 201 | 6   | 540   |
Atlas Garden Centres    | company | c  | Utrecht    | Retail        | Key account    | oskar | 189 | 150 | 24000 | Twelve centres. Frame agreement until the end of next year.
Hospital Mutua Norte    | company | p  | Bilbao     | Health        | Public body    | oskar | 39  | 520 | 61000 | Cold rooms for the kitchen; the tender names our panel type.
Skov & Strand           | company | c  | Aarhus     | Retail        | Reseller       | lena  | 176 | 21  | 3000  | Resells our shelving in Jutland.
Cantine Rossetti        | company | p  | Trieste    | Hospitality   | Small business | lena  | 33  | 10  | 990   |
Royal Mile Tweeds       | company | c  | Edinburgh  | Retail        | Small business | dario | 160 | 13  | 1600  | Window lighting without heat: the cloth fades.
Kestrel Bookshop Ltd    | company | p  | Edinburgh  | Retail        | Small business | lena  | 27  |     |       | Came in through the website form.
Glasblaasjes            | company | p  | Gent       | Manufacturing | Small business | dario | 21  | 17  | 1300  | Glass workshop with a showroom.
Termo Sul               | company | cs | Lisboa     | Services      | Reseller       | oskar | 148 | 12  | 1500  | Services our cold rooms in Portugal and buys spare parts from us.
Helene Aubry            | individual | c | Lyon      |               |                | lena  | 133 |     |       | Private wine cellar, 1,200 bottles.
Mateusz Zielony         | individual | p | Gdynia    |               |                | amina | 52  |     |       | Wants to open an ice cream kiosk on the pier.
Fiona Abernethy         | individual | c | Edinburgh |               |                | dario | 121 |     |       | Gallery lighting at home.
Ruben Teixeira          | individual | p | Porto     |               |                | amina | 17  |     |       |
Silke Amberg            | individual | c | Leipzig   |               |                | dario | 109 |     |       | Interior designer, buys for her clients in her own name.
"""  # noqa: E501 - a table

# first name | name | title | company | job title | department
CONTACTS = """
Claire    | Delorme     | ms   | Maison Delorme          | Managing director   |
Yann      | Perrot      | mr   | Maison Delorme          | Purchasing manager  | Purchasing
Solène    | Marchand    | ms   | Maison Delorme          | Project lead        | Shop planning
Pieter    | Van Houtte  | mr   | Van Houtte Kaas         | Managing director   |
Lotte     | Claes       | ms   | Van Houtte Kaas         | Operations director | Shops
Julia     | Kestrel     | ms   | Kestrel Bookshops       | Managing director   |
Andrew    | Kestrel     | mr   | Kestrel Bookshops       | Operations director |
Morag     | Sinclair    | ms   | Kestrel Bookshops       | Project lead        | Shop design
Elisabeth | Rosenhof    | dr   | Rosenhof Hotels         | Managing director   |
Matthias  | Gruber      | mr   | Rosenhof Hotels         | Purchasing manager  | Purchasing
Paola     | Zanetti     | ms   | Frigo Adria             | Purchasing manager  | Sales
Luca      | Benussi     | mr   | Frigo Adria             | Operations director | Production
Joaquim   | Almada      | mr   | Pastelaria Almada       | Managing director   |
Teresa    | Vilar       | ms   | Pastelaria Almada       | Operations director | Bakery
Kirsten   | Dam         | ms   | Lumen Aarhus            | Project lead        | Samples
Anja      | Wolter      | dr   | Herbarium Apotheken     | Managing director   |
Frank     | Lorenz      | mr   | Herbarium Apotheken     | Purchasing manager  | Purchasing
Sabine    | Ehlert      | ms   | Herbarium Apotheken     | Consultant          | Health and safety
Marek     | Bielak      | mr   | Baltic Fish Hall        | Managing director   |
Kasia     | Bielak      | ms   | Baltic Fish Hall        | Operations director | Smokehouse
Kadri     | Tamm        | ms   | Tuulik Coffee           | Managing director   |
Rein      | Saar        | mr   | Tuulik Coffee           | Project lead        | New bars
Wouter    | Vermeer     | mr   | Stadsbakkerij Vermeer   | Managing director   |
Femke     | Jansma      | ms   | Stadsbakkerij Vermeer   | Project lead        | Move
Aoife     | Brennan     | ms   | Galway Outdoor          | Managing director   |
Michele   | Corvo       | mr   | Corvo Ottica            | Managing director   |
Irena     | Ziherl      | ms   | Ziherl Delikatese       | Managing director   |
Hugh      | Pemberton   | mr   | Severn Farm Shops       | Managing director   |
Grace     | Okonjo      | ms   | Severn Farm Shops       | Purchasing manager  | Purchasing
Tom       | Ashdown     | mr   | Severn Farm Shops       | Operations director | Shops
Bernard   | Chauvet     | mr   | Librairie du Four       | Managing director   |
Ane       | Etxeberria  | ms   | Bodega Etxea            | Managing director   |
Iker      | Mendoza     | mr   | Bodega Etxea            | Operations director | Cellar
Patrice   | Corbin      | mr   | Ateliers Corbin         | Managing director   |
Nadia     | Ferhat      | ms   | Ateliers Corbin         | Project lead        | Fitting
Sandrine  | Favre       | ms   | Clinique du Léman       | Purchasing manager  | Tenders
Olivier   | Monnier     | prof | Clinique du Léman       | Operations director | Pharmacy
Gilles    | Arnaud      | mr   | Marché Couvert Breteuil | Operations director | Market office
Samira    | Benali      | ms   | Marché Couvert Breteuil | Purchasing manager  | Market office
Holger    | Petersen    | mr   | Nordkap Logistik        | Operations director | Cold chain
Beate     | Kranz       | ms   | Nordkap Logistik        | Purchasing manager  | Purchasing
Eleanor   | Fenwick     | ms   | Fenwick & Rowe          | Managing director   |
Daniel    | Rowe        | mr   | Fenwick & Rowe          | Project lead        | Shops
António   | Oliveira    | mr   | Oliveira Talhos         | Managing director   |
Rita      | Sarmento    | ms   | Oliveira Talhos         | Purchasing manager  | Office
Bram      | De Leeuw    | mr   | De Gouden Leeuw         | Managing director   |
Annika    | Steiner     | ms   | Sporgasse Mode          | Managing director   |
Florian   | Haas        | mr   | Sporgasse Mode          | Project lead        | Windows
Liis      | Pääsuke     | ms   | Pääsuke Toys            | Managing director   |
Bojan     | Kos         | mr   | Ribarnica Stari Trg     | Managing director   |
Marijke   | Hendriks    | ms   | Atlas Garden Centres    | Managing director   |
Sander    | Bos         | mr   | Atlas Garden Centres    | Purchasing manager  | Purchasing
Ilse      | Verhoeven   | ms   | Atlas Garden Centres    | Project lead        | Centre Utrecht
Koen      | Meijer      | mr   | Atlas Garden Centres    | Project lead        | Centre Amersfoort
Maite     | Agirre      | dr   | Hospital Mutua Norte    | Operations director | Kitchen
Jon       | Larrea      | mr   | Hospital Mutua Norte    | Purchasing manager  | Tenders
Søren     | Skov        | mr   | Skov & Strand           | Managing director   |
Freja     | Strand      | ms   | Skov & Strand           | Purchasing manager  |
Elena     | Rossetti    | ms   | Cantine Rossetti        | Managing director   |
Ewan      | Drummond    | mr   | Royal Mile Tweeds       | Managing director   |
Isla      | Drummond    | ms   | Royal Mile Tweeds       | Project lead        | Windows
Julia     | Kestrel     | ms   | Kestrel Bookshop Ltd    | Managing director   |
Griet     | Maes        | ms   | Glasblaasjes            | Managing director   |
Tobias    | Vermeulen   | mr   | Glasblaasjes            | Project lead        | Showroom
Duarte    | Pimentel    | mr   | Termo Sul               | Managing director   |
Sara      | Leitão      | ms   | Termo Sul               | Operations director | Service
Hans      | Ullmann     | mr   |                         | Consultant          |
Charlotte | Whitby      | ms   |                         | Consultant          |
Émile     | Roussel     | mr   |                         | Project lead        |
Nora      | Lindgren    | ms   |                         | Consultant          |
"""


def tell(teller: Teller) -> None:
    since: dict[str, tuple[datetime, Company]] = {}
    for number, cells in enumerate(rows(COMPANIES)):
        company = Company(*cells)
        since[company.name] = (teller.story.ago(int(company.days), number), company)
        _tell_company(teller, number, company)
    for number, cells in enumerate(rows(CONTACTS)):
        somebody = Somebody(*cells)
        moment, at = since.get(somebody.company, (teller.story.ago(90 - number), None))
        _tell_contact(teller, number, somebody, at, teller.story.later(moment))


def _tell_company(teller: Teller, number: int, company: Company) -> None:
    first, last = _name(company)
    host = host_of(company.name)
    values: dict[str, Any] = {
        "kind": company.kind,
        "name": last,
        "first_name": first,
        "sector": choice("sector", company.sector),
        "category": choice("partner_category", company.category),
        "employees_count": int(company.employees) if company.employees else None,
        "turnover": int(company.turnover) * 100_000 if company.turnover else None,
        "email": f"{fold(first)}@{host}" if first else f"hello@{host}",
        "website": "" if first else host,
        "phone": phone(company.city, number),
        "mobile_phone": mobile(company.city, number) if first else "",
        "description": company.note,
        "source": choice("source", SOURCES[number % 4]),
        **{FLAGS[flag]: True for flag in company.flags},
        **address(company.city, number),
        **teller.cast.follower(company.owner),
    }
    if company.name == TWIN:
        twin = host_of("Kestrel Bookshops")
        values |= {"email": f"hello@{twin}", "website": twin}
    by = teller.actor(company.owner)
    teller.at(int(company.days), number, lambda: partners.create(values, by), company.name)


def _name(company: Company) -> tuple[str, str]:
    """First name and name; a company has a name only."""
    if company.kind == "company":
        return "", company.name
    first, _, last = company.name.rpartition(" ")
    return first, last


def _tell_contact(
    teller: Teller, number: int, somebody: Somebody, company: Company | None, moment: datetime
) -> None:
    city, owner = (company.city, company.owner) if company else ("Bristol", "renata")
    name = f"{somebody.first_name} {somebody.name}"
    host = host_of(somebody.company) if company else "example.org"
    values: dict[str, Any] = {
        "title": somebody.title,
        "first_name": somebody.first_name,
        "name": somebody.name,
        "job_title": choice("job_title", somebody.job_title),
        "department": somebody.department,
        "email": f"{mailbox(somebody.first_name)}.{mailbox(somebody.name)}@{host}",
        "phone": phone(city, number + 40),
        "mobile_phone": mobile(city, number) if number % 3 else "",
        "do_not_call": somebody.name == "Ehlert",
        "do_not_email": somebody.name in ("Petersen", "Lorenz"),
        **address(city, number),
        **teller.cast.follower(owner),
    }

    def make() -> Record:
        partner = teller.made.get(("partner", somebody.company))
        return contacts.create({**values, "partner": partner.id if partner else None}, teller.actor(owner))

    teller.story.then(moment, lambda: teller.keep(make(), name))
