"""The leads of the demo as a table, each with what became of it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.rules import gate, leads
from crmlite.rules.access import Actor
from crmlite.rules.demo.places import address, mobile, phone
from crmlite.rules.demo.telling import Teller, choice, host_of, lost_reason, mailbox, rows


class Arrival(NamedTuple):
    """`days`: since the lead came. `fate`: a word and, after colons, how many days ago and why:
    new; assigned:6; started:4; converted:20:Company; lost:12:Reason:words; recycled:3:Reason."""

    first_name: str
    name: str
    company: str
    city: str
    job_title: str
    sector: str
    source: str
    owner: str
    days: str
    budget: str
    fate: str
    note: str


# first name | name | company | town | job title | sector | source | owner | days | budget | fate | note
LEADS = """
Matilde   | Sequeira   | Padaria Sequeira       | Porto     | Managing director   | Retail        | Website       | amina | 0  | 8500   | new                | Two glass counters, 2.4 m, for a new shop in May.
Arne      | Thygesen   | Havnens Is             | Aarhus    | Managing director   | Hospitality   | Website       | -     | 0  | 12000  | new                | Asks whether we rent out ice cream counters for a season.
Colette   | Vasseur    | Fleurs Vasseur         | Lyon      | Managing director   | Retail        | Word of mouth | lena  | 0  | 4200   | new                |
Stefan    | Reuter     | Reuter Radsport        | Leipzig   | Managing director   | Retail        | Trade fair    | dario | 1  | 16000  | new                | Took our rack brochure at the fair; 240 m² on one floor.
Heleen    | Wouters    | Zoete Zaken            | Gent      | Purchasing manager  | Retail        | Trade fair    | lena  | 1  | 9800   | new                |
Conor     | Gilmartin  | Claddagh Seafoods      | Galway    | Operations director | Retail        | Cold call     | amina | 2  | 31000  | new                | Cold room is fifteen years old and cannot be repaired any more.
Nerea     | Zabala     | Ortuondo Museoa        | Bilbao    | Project lead        | Services      | Seminar       | dario | 2  | 22000  | new                | Showcases for a visiting exhibition, eight weeks.
Ulla      | Kask       | Kask Apteek            | Tallinn   | Managing director   | Health        | Partner       | -     | 3  | 14500  | new                |
Marta     | Grzelak    | Bursztyn Studio        | Gdynia    | Managing director   | Retail        | Website       | dario | 4  | 6300   | new                | Amber jewellery; wants lighting that flatters it.
Victor    | Pahud      | Chocolaterie Pahud     | Lausanne  | Managing director   | Retail        | Word of mouth | amina | 5  | 27500  | new                | Chocolate at 16 °C, fifty per cent humidity, in a shop with south windows.
Oona      | Makinen    | Studio Oona            | Tallinn   | Consultant          | Services      | Website       | lena  | 6  |        | new                |
Harriet   | Lowndes    | Lowndes Garden Rooms   | Bristol   | Managing director   | Construction  | Direct mail   | dario | 8  | 11000  | new                |
Piet      | Dijkstra   | Dijkstra Fietsen       | Utrecht   | Managing director   | Retail        | Website       | -     | 22 | 7400   | new                | Filled in the form on a Sunday evening; nobody has called yet.
Grazia    | Morpurgo   | Morpurgo Tessuti       | Trieste   | Managing director   | Retail        | Trade fair    | -     | 27 | 13000  | new                |
Anselm    | Kirchner   | Kirchner Brot          | Graz      | Operations director | Retail        | Seminar       | -     | 33 | 19500  | new                | Asked for someone who speaks German.
Sofia     | Marchetti  | Gelateria Marchetti    | Trieste   | Managing director   | Hospitality   | Website       | amina | 9  | 21000  | started:5          | Twelve-flavour counter, and a blast freezer behind it.
Sofia     | Marchetti  | Marchetti Gelati       | Trieste   | Managing director   | Hospitality   | Trade fair    | lena  | 3  | 20000  | assigned:2         | Visited our stand on Friday.
Bogdan    | Wrona      | Wrona Rowery           | Gdynia    | Managing director   | Retail        | Partner       | dario | 7  | 9100   | assigned:6         |
Estelle   | Gauthier   | Les Thés d’Estelle     | Marseille | Managing director   | Retail        | Website       | lena  | 8  | 5600   | assigned:4         | Shelves up to the ceiling and a ladder on rails.
Ciarán    | O’Malley   | O’Malley Provisions    | Galway    | Managing director   | Retail        | Word of mouth | amina | 10 | 17800  | assigned:8         |
Birgit    | Holm       | Holm Keramik           | Aarhus    | Managing director   | Retail        | Website       | lena  | 11 | 4900   | assigned:7         | Plinths and spots for sixty pieces.
Jaume     | Ferrer     | Conserves Ferrer       | Bilbao    | Purchasing manager  | Manufacturing | Trade fair    | amina | 12 | 26000  | assigned:9         |
Inga      | Petrauskas | Linen House            | Tallinn   | Project lead        | Retail        | Partner       | dario | 12 | 8800   | assigned:10        |
Laurens   | Baert      | Baert Wijnen           | Gent      | Managing director   | Hospitality   | Cold call     | lena  | 24 | 15000  | assigned:23        | Promised to send the floor plan.
Rosa      | Quintela   | Quintela Modas         | Porto     | Managing director   | Retail        | Direct mail   | lena  | 29 | 9900   | assigned:26        |
Wendelin  | Auer       | Auer Sportalm          | Graz      | Purchasing manager  | Retail        | Trade fair    | dario | 35 | 34000  | assigned:30        | Wants to see a shop that we fitted. Rosenhof would be near.
Mireille  | Tournier   | Pharmacie Tournier     | Lyon      | Managing director   | Health        | Word of mouth | dario | 14 | 23500  | started:9          |
Callum    | Aird       | Aird & Daughters       | Edinburgh | Managing director   | Retail        | Partner       | dario | 13 | 18900  | started:8          | Butcher; new shop front and a hanging rail.
Tjaša     | Vovk       | Vovk Trgovine          | Ljubljana | Operations director | Retail        | Seminar       | amina | 15 | 41000  | started:11         | Three village shops, each 120 m².
Nuno      | Barroso    | Barroso Café           | Lisboa    | Managing director   | Hospitality   | Website       | amina | 16 | 7200   | started:12         |
Sigmund   | Ahlers     | Ahlers Fahrzeugbau     | Leipzig   | Project lead        | Manufacturing | Cold call     | oskar | 18 | 58000  | started:13         | Cold boxes for vans. Not our core, but they would take forty.
Agata     | Nowicka    | Piekarnia Nowicka      | Gdynia    | Managing director   | Retail        | Word of mouth | amina | 19 | 12800  | started:14         |
Rémi      | Castaing   | Cave Castaing          | Marseille | Managing director   | Retail        | Website       | lena  | 20 | 16700  | started:10         |
Judith    | Van Loon   | Van Loon Interieur     | Utrecht   | Consultant          | Services      | Partner       | lena  | 21 | 30000  | started:6          | Buys for three clients at once; asks for reseller terms.
Ettore    | Paganin    | Paganin Macelleria     | Trieste   | Managing director   | Retail        | Cold call     | amina | 38 | 22000  | started:28         | Away until his daughter’s wedding is over.
Heike     | Sommerfeld | Sommerfeld Reformhaus  | Leipzig   | Managing director   | Retail        | Direct mail   | dario | 41 | 13400  | started:31         |
Lorcan    | Tighe      | Tighe Hardware         | Galway    | Managing director   | Retail        | Trade fair    | dario | 44 | 10500  | started:37         |
Amaia     | Ugarte     | Ugarte Haurrak         | Bilbao    | Managing director   | Retail        | Website       | lena  | 47 | 6900   | recycled:6:No budget        | Budget for the new year is through.
Dennis    | Hartmann   | Hartmann Feinkost      | Graz      | Managing director   | Retail        | Seminar       | amina | 75 | 28800  | recycled:9:Project stopped  |
Kadri     | Tamm       | Tuulik Coffee          | Tallinn   | Managing director   | Hospitality   | Trade fair    | lena  | 306 | 9000  | converted:302:Tuulik Coffee         | Began with one bar.
Aoife     | Brennan    | Galway Outdoor         | Galway    | Managing director   | Retail        | Trade fair    | dario | 110 | 18000 | converted:96:Galway Outdoor         |
Hugh      | Pemberton  | Severn Farm Shops      | Bristol   | Managing director   | Retail        | Word of mouth | amina | 99  | 64000 | converted:84:Severn Farm Shops      |
Ane       | Etxeberria | Bodega Etxea           | Bilbao    | Managing director   | Hospitality   | Website       | lena  | 90  | 21500 | converted:77:Bodega Etxea           | Heard of us from the wine merchant next door.
Sandrine  | Favre      | Clinique du Léman      | Lausanne  | Purchasing manager  | Health        | Seminar       | dario | 88  | 95000 | converted:71:Clinique du Léman      |
Holger    | Petersen   | Nordkap Logistik       | Leipzig   | Operations director | Logistics     | Cold call     | oskar | 80  | 180000 | converted:64:Nordkap Logistik      |
Bram      | De Leeuw   | De Gouden Leeuw        | Gent      | Managing director   | Hospitality   | Website       | lena  | 70  | 16000 | converted:58:De Gouden Leeuw        |
Liis      | Pääsuke    | Pääsuke Toys           | Tallinn   | Managing director   | Retail        | Website       | dario | 52  | 7000  | converted:45:Pääsuke Toys           |
Maite     | Agirre     | Hospital Mutua Norte   | Bilbao    | Operations director | Health        | Partner       | oskar | 55  | 120000 | converted:39:Hospital Mutua Norte  |
Elena     | Rossetti   | Cantine Rossetti       | Trieste   | Managing director   | Hospitality   | Word of mouth | lena  | 40  | 8000  | converted:33:Cantine Rossetti       |
Griet     | Maes       | Glasblaasjes           | Gent      | Managing director   | Manufacturing | Trade fair    | dario | 30  | 11000 | converted:21:Glasblaasjes           |
Femke     | Jansma     | Stadsbakkerij Vermeer  | Utrecht   | Project lead        | Retail        | Website       | amina | 125 | 45000 | converted:118:Stadsbakkerij Vermeer |
Gerard    | Mulder     | Mulder Tuinhout        | Utrecht   | Managing director   | Retail        | Cold call     | dario | 60  | 5200  | lost:49:No answer                   |
Paloma    | Rincón     | Rincón Ópticos         | Bilbao    | Purchasing manager  | Health        | Direct mail   | dario | 66  | 24000 | lost:40:Chose a competitor          |
Uwe       | Trautmann  | Trautmann Getränke     | Leipzig   | Managing director   | Retail        | Trade fair    | amina | 72  | 38000 | lost:51:Price too high              |
Simone    | Delacroix  | Institut Delacroix     | Lausanne  | Managing director   | Health        | Website       | lena  | 58  | 15500 | lost:33:Project stopped             | The landlord ended the lease.
Padraig   | Feeney     | Feeney’s Bar           | Galway    | Managing director   | Hospitality   | Website       | lena  | 54  | 9000  | lost:30:No budget                   |
Vesna     | Horvat     | Horvat Vrt             | Ljubljana | Managing director   | Retail        | Seminar       | amina | 82  | 19000 | lost:63:Other:Her nephew builds the shelves himself. |
Tarik     | Yildiz     | Yildiz Market          | Marseille | Managing director   | Retail        | Cold call     | amina | 28  | 33000 | lost:11:Chose a competitor          | Ask again when their lease of the cold room ends.
Leonie    | Baumgart   | Baumgart Optik         | Graz      | Managing director   | Health        | Website       | dario | 17  | 12500 | started:3          | Wants the same drawers as Corvo Ottica.
Robin     | Ferncastle | Ferncastle Cheese      | Bristol   | Managing director   | Retail        | Word of mouth | amina | 6  | 14900  | started:1          | Met Pieter of Van Houtte at a cheese fair.
"""  # noqa: E501 - a table


def tell(teller: Teller) -> None:
    for number, cells in enumerate(rows(LEADS)):
        arrival = Arrival(*cells)
        _tell_lead(teller, number, arrival)
        _tell_fate(teller, number, arrival)


def _tell_lead(teller: Teller, number: int, arrival: Arrival) -> None:
    host = host_of(arrival.company)
    came = teller.story.ago(int(arrival.days), number)
    values: dict[str, Any] = {
        "first_name": arrival.first_name,
        "name": arrival.name,
        "company": arrival.company,
        "job_title": choice("job_title", arrival.job_title),
        "sector": choice("sector", arrival.sector),
        "source": choice("source", arrival.source),
        "budget": int(arrival.budget) * 100 if arrival.budget else None,
        "email": f"{mailbox(arrival.first_name)}.{mailbox(arrival.name)}@{host}",
        "phone": phone(arrival.city, number + 200),
        "mobile_phone": mobile(arrival.city, number + 100) if number % 2 else "",
        "website": host if number % 3 == 0 else "",
        "referent": "Pieter Van Houtte" if arrival.source == "Word of mouth" and number % 2 else "",
        "description": arrival.note,
        "do_not_call": arrival.name == "Kirchner",
        "do_not_email": arrival.name in ("Tighe", "Mulder"),
        "contact_date": came.date(),
        **address(arrival.city, number),
        **teller.cast.follower(arrival.owner),
    }
    if arrival.company == "Marchetti Gelati":
        values["email"] = f"sofia.marchetti@{host_of('Gelateria Marchetti')}"
    by = teller.actor(arrival.owner)
    teller.at(int(arrival.days), number, lambda: leads.create(values, by), arrival.company)


def _tell_fate(teller: Teller, number: int, arrival: Arrival) -> None:
    """Kept by company: two leads bear the same name."""
    word, *rest = arrival.fate.split(":")
    if word == "new":
        return
    by = teller.actor(arrival.owner)
    last = int(rest[0])

    def lead() -> Lead:
        return teller.made["lead", arrival.company]

    def lose(reason: str, text: str = "") -> Callable[[], object]:
        return lambda: leads.lose(lead(), *lost_reason(reason, text), by)

    if word in ("assigned", "started"):
        verb = leads.take if word == "assigned" else leads.start
        teller.then(last, number, lambda: verb(lead(), by))
    elif word == "converted":
        teller.then(last, number, lambda: _convert(teller, lead(), rest[1], by), late=True)
    elif word == "lost":
        teller.then((last + int(arrival.days)) // 2, number, lambda: leads.start(lead(), by))
        teller.then(last, number, lose(*rest[1:]))
    elif word == "recycled":
        teller.then((last + int(arrival.days)) // 2, number, lose(rest[1]))
        teller.then(last, number, lambda: leads.recycle(lead(), by))


def _convert(teller: Teller, lead: Lead, company: str, by: Actor) -> None:
    partner = teller.made["partner", company]
    contact = Contact.get((Contact.partner == partner.id) & (Contact.name == lead.name))
    values = {"status": leads.step(lead, "convert"), "partner": partner.id, "contact": contact.id}
    gate.change(lead, values, by, verb="converted")
