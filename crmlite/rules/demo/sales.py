"""The opportunities of the demo and what was written down about them, as tables."""

from collections.abc import Callable
from typing import NamedTuple

from crmlite.models.leads import Lead
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.rules import directory, gate, opportunities
from crmlite.rules.access import Actor
from crmlite.rules.demo.telling import Teller, choice, lost_reason, rows


class Sale(NamedTuple):
    """`path`: the stages it went through after New, "Stage:days ago" each, a lost one with its reason.
    `close`: days from today to the expected close. Probability empty: the stage's."""

    name: str
    partner: str
    contact: str
    owner: str
    days: str
    path: str
    amount: str
    probability: str
    close: str
    type: str
    next_step: str


class Remark(NamedTuple):
    concept: str
    about: str
    owner: str
    days: str
    body: str


# name | partner | contact | owner | days | path | amount | probability | close in | type | next step
SALES = """
Counters for the post office shop    | Stadsbakkerij Vermeer   | Femke Jansma      | amina | 3   |                                  | 45000  |    | 92  | New       | Measure on site
Autumn window lighting               | Royal Mile Tweeds       | Isla Drummond     | dario | 2   |                                  | 8900   | 20 | 64  | Existing  | Send the heat figures
Racks for the new hall               | Galway Outdoor          | Aoife Brennan     | dario | 5   |                                  | 18000  |    | 40  | New       |
Kiosk on the pier                    | Mateusz Zielony         |                   | amina | 4   |                                  | 9500   | 5  |     | New       | Ask about the power supply
Wine wall                            | Bodega Etxea            | Ane Etxeberria    | lena  | 12  |                                  | 12700  |    | 55  | New       | Sketch by hand first
Toy shop, complete                   | Pääsuke Toys            | Liis Pääsuke      | dario | 21  |                                  | 7000   |    | 48  | New       |
Cellar shelving, second room         | Helene Aubry            |                   | lena  | 10  |                                  | 5400   | 25 | 12  | Existing  | Confirm the height
Reading corner, Leith                | Kestrel Bookshops       | Morag Sinclair    | dario | 27  |                                  | 6200   |    | 6   | Existing  |
Showroom plinths                     | Glasblaasjes            | Tobias Vermeulen  | dario | 19  |                                  | 11000  | 15 | 71  | New       | Send a sample of the oak
Bar refit                            | De Gouden Leeuw         | Bram De Leeuw     | lena  | 42  | Qualification:30                 | 16000  | 35 | 80  | New       | Visit with the fitter
Cold store, parcel hub Leipzig       | Nordkap Logistik        | Holger Petersen   | oskar | 58  | Qualification:41                 | 180000 |    | 120 | New       | Panel quote from Frigo Adria
Cafeteria, lot 1                     | Clinique du Léman       | Sandrine Favre    | dario | 63  | Qualification:25                 | 52000  |    | 34  | New       | Answer the tender questions
Pharmacy store, lot 2                | Clinique du Léman       | Olivier Monnier   | dario | 63  | Qualification:13                 | 43000  | 40 | 34  | New       | Answer the tender questions
Fish counter, second branch          | Baltic Fish Hall        | Kasia Bielak      | amina | 24  | Qualification:9                  | 26500  |    | 27  | Existing  | Stainless samples
Bar seven                            | Tuulik Coffee           | Rein Saar         | lena  | 16  | Qualification:8                  | 9800   | 45 | 13  | Recurring | Floor plan by Friday
Home gallery, upper floor            | Fiona Abernethy         |                   | dario | 11  | Qualification:6                  | 3900   |    | 5   | Existing  |
Tasting room                         | Cantine Rossetti        | Elena Rossetti    | lena  | 29  | Qualification:18                 | 8000   |    | 59  | New       |
Kitchen cold rooms                   | Hospital Mutua Norte    | Maite Agirre      | oskar | 35  | Qualification:20                 | 120000 |    | 150 | New       | Site visit with Luca
Summer terrace fridges               | Pastelaria Almada       | Teresa Vilar      | amina | 6   | Qualification:4                  | 6100   |    | 38  | Existing  | Count the sockets
Spare parts agreement                | Termo Sul               | Sara Leitão       | oskar | 14  | Qualification:10                 | 14400  |    | 61  | Recurring | Price list for the year
Seven farm shops, phase 1            | Severn Farm Shops       | Grace Okonjo      | amina | 80  | Qualification:62, Proposition:15 | 64000  |    | 33  | New       | Show the June figures
Four butchers, new rails             | Oliveira Talhos         | Rita Sarmento     | amina | 52  | Qualification:40, Proposition:28 | 21500  | 55 | 21  | Existing  | Call before nine
Shop 12, Croix-Rousse                | Maison Delorme          | Solène Marchand   | lena  | 38  | Qualification:29, Proposition:12 | 33800  |    | 11  | Recurring | Fitting dates
Optician’s back room                 | Corvo Ottica            | Michele Corvo     | dario | 31  | Qualification:22, Proposition:10 | 7600   | 60 | 4   | Existing  | Second version of the drawing
Delicatessen, cold wall              | Ziherl Delikatese       | Irena Ziherl      | amina | 47  | Qualification:36, Proposition:17 | 15900  |    | 25  | Existing  | Offer with and without doors
Stalls 5 to 9                        | Marché Couvert Breteuil | Samira Benali     | oskar | 70  | Qualification:55, Proposition:33 | 41000  | 50 | 17  | Existing  | Council meets on Thursday
Christmas lighting, twelve centres   | Atlas Garden Centres    | Sander Bos        | oskar | 44  | Qualification:33, Proposition:19 | 72000  | 65 | 49  | Recurring |
Reseller stock, spring               | Skov & Strand           | Freja Strand      | lena  | 23  | Qualification:16, Proposition:5  | 18600  |    | 36  | Recurring | Send new discount table
Rosenhof West, lobby                 | Rosenhof Hotels         | Matthias Gruber   | lena  | 66  | Qualification:50, Proposition:31, Negotiation:14 | 88000 |    | 19  | Recurring | Contract with their lawyer
Two pharmacies, Connewitz            | Herbarium Apotheken     | Frank Lorenz      | dario | 57  | Qualification:44, Proposition:26, Negotiation:9  | 47500 | 80 | 6   | Recurring | Safety officer signs on Monday
Client project, riverside            | Fenwick & Rowe          | Daniel Rowe       | dario | 49  | Qualification:39, Proposition:24, Negotiation:11 | 29900 |    | 13  | Existing  | Agree on the fitting week
Cheese counters, Korenmarkt          | Van Houtte Kaas         | Pieter Van Houtte | amina | 61  | Qualification:48, Proposition:37, Negotiation:25 | 24700 | 70 | -3  | Existing  | He waits for the bank
Night fitting, two floors            | Sporgasse Mode          | Annika Steiner    | lena  | 40  | Qualification:30, Proposition:18, Negotiation:6  | 19800 |    | 30  | Existing  | Two nights, which ones?
Travel bookshop                      | Kestrel Bookshops       | Julia Kestrel     | dario | 55  | Qualification:46, Proposition:30, Negotiation:12 | 23400 | 90 | 9   | Existing  | Andrew signs on his return
Shop 11, Part-Dieu                   | Maison Delorme          | Yann Perrot       | lena  | 130 | Qualification:118, Proposition:95, Negotiation:70, Closed won:52 | 36500 |  | -50 | Recurring |
Rosenhof South, rooms                | Rosenhof Hotels         | Elisabeth Rosenhof| lena  | 160 | Qualification:140, Proposition:120, Closed won:88 | 94000  |  | -90 | Recurring |
Smokehouse door                      | Baltic Fish Hall        | Marek Bielak      | amina | 75  | Qualification:66, Closed won:41  | 4300   |    | -45 | Existing  |
Ovens and proofers, river shop       | Pastelaria Almada       | Joaquim Almada    | amina | 98  | Qualification:80, Proposition:61, Closed won:24 | 28700 |   | -20 | Existing  |
Centre Amersfoort                    | Atlas Garden Centres    | Koen Meijer       | oskar | 110 | Qualification:101, Proposition:84, Negotiation:50, Closed won:16 | 53000 | | -14 | Recurring |
Study and hall, private house        | Silke Amberg            |                   | dario | 34  | Qualification:28, Closed won:8   | 6700   |    | -6  | Existing  |
Market ice machine                   | Ribarnica Stari Trg     | Bojan Kos         | amina | 26  | Qualification:19, Closed won:2   | 3200   |    | 1   | New       |
Children’s corner                    | Librairie du Four       | Bernard Chauvet   | lena  | 90  | Qualification:71, Closed lost:47:No budget | 5100 |   | -40 | Existing  |
Staff kitchen, head office           | Herbarium Apotheken     | Anja Wolter       | dario | 83  | Qualification:70, Proposition:52, Closed lost:29:Price too high | 12900 |  | -28 | Existing |
Salad bar                            | Severn Farm Shops       | Tom Ashdown       | amina | 51  | Qualification:37, Closed lost:13:Chose a competitor | 9400 | | -10 | New      |
Chalet on the square                 | Ruben Teixeira          |                   | amina | 16  | Closed lost:5:Other:The town gave the pitch to somebody else. | 7700 | | 20 | New |
"""  # noqa: E501 - a table

# concept | about | written by | days ago | text
REMARKS = """
partner     | Maison Delorme                     | lena   | 49  | Yann asks for one contact on our side for everything after the order. That is now me.
partner     | Rosenhof Hotels                    | oskar  | 85  | Discount of 6 % agreed for every house after the second. Written in the frame letter, page 2.
partner     | Frigo Adria                        | oskar  | 20  | Delivery times are back to six weeks for the 80 mm panel.
partner     | Baltic Fish Hall                   | amina  | 30  | The street is closed to lorries from 10 to 18. Deliver early.
partner     | Atlas Garden Centres               | renata | 12  | Marijke is pleased with Amersfoort and said so twice. Good moment to speak about the frame agreement.
partner     | Clinique du Léman                  | dario  | 9   | Every question has to go through the tender portal, also small ones.
contact     | Julia Kestrel                      | dario  | 33  | Reads her mail in the evening. Better to ring.
contact     | Pieter Van Houtte                  | amina  | 24  | Bank appointment on the 20th; until then no signature.
contact     | Sabine Ehlert                      | dario  | 15  | Wants the load figure on every drawing of a shelf, not only in the annex.
contact     | Holger Petersen                    | oskar  | 26  | Speaks freely about prices of others. Do not answer in kind.
lead        | Gelateria Marchetti                | amina  | 5   | Her landlord must agree to the drain. She will have the letter next week.
lead        | Vovk Trgovine                      | amina  | 10  | Shops in Kranj, Bled and Škofja Loka. The one in Bled comes first.
lead        | Ahlers Fahrzeugbau                 | oskar  | 12  | Asked Frigo Adria whether they make 40 mm panels. Answer due by the end of the month.
lead        | Van Loon Interieur                 | lena   | 5   | Reseller terms sent. She compares with two others.
lead        | Ugarte Haurrak                     | lena   | 6   | Rang by herself: the budget is through, she wants to start before Easter.
opportunity | Rosenhof West, lobby               | lena   | 13  | Elisabeth wants the lobby first and the bar later. Amount is for both.
opportunity | Two pharmacies, Connewitz          | dario  | 8   | Drawing 4 is the valid one. Burn the others.
opportunity | Cheese counters, Korenmarkt        | amina  | 22  | Doors must close by themselves; he showed me what happens on Saturdays.
opportunity | Cold store, parcel hub Leipzig     | oskar  | 40  | Two competitors, one of them without experience below -20 °C.
opportunity | Four butchers, new rails           | amina  | 27  | Rita compares with a local smith. We are 9 % above and include the fitting.
opportunity | Christmas lighting, twelve centres | oskar  | 18  | Last year the timers were the trouble. Offer the better ones at the same price.
opportunity | Salad bar                          | amina  | 13  | They took a plug-in unit from the cash and carry.
"""  # noqa: E501 - a table


def tell(teller: Teller) -> None:
    for number, sale in enumerate(sales()):
        _tell_sale(teller, number, sale)
    for number, cells in enumerate(rows(REMARKS)):
        _tell_remark(teller, number, Remark(*cells))


def sales() -> list[Sale]:
    return [Sale(*cells) for cells in rows(SALES)]


def _tell_sale(teller: Teller, number: int, sale: Sale) -> None:
    by = teller.actor(sale.owner)

    def make() -> Opportunity:
        partner = teller.made["partner", sale.partner]
        contact = teller.made.get(("contact", sale.contact))
        lead = Lead.get_or_none(Lead.partner == partner.id)
        return opportunities.create(
            {
                "name": sale.name,
                "partner": partner.id,
                "contact": contact.id if contact else None,
                "lead": lead.id if lead else None,
                "source": partner.source_id,
                "amount": int(sale.amount) * 100,
                "best_case": int(sale.amount) * 115 if number % 3 == 0 else None,
                "worst_case": int(sale.amount) * 80 if number % 3 == 0 else None,
                "type": choice("opportunity_type", sale.type),
                "next_step": sale.next_step,
                "expected_close_date": teller.story.day(int(sale.close)) if sale.close else None,
                "customer_description": partner.description,
                **teller.cast.follower(sale.owner),
            },
            by,
        )

    teller.at(int(sale.days), number, make, sale.name)
    days = int(sale.days)
    for step in filter(None, sale.path.split(", ")):
        stage, ago, *why = step.split(":")
        days = int(ago)
        teller.then(days, number, _mover(teller, sale.name, stage, why, by))
    if sale.probability:
        values = {"probability": int(sale.probability)}

        def judge() -> Opportunity:
            return opportunities.edit(teller.made["opportunity", sale.name], values, by)

        teller.then(days, number, judge)


def _mover(teller: Teller, name: str, stage: str, why: list[str], by: Actor) -> Callable[[], object]:
    def move() -> Opportunity:
        card, to = teller.made["opportunity", name], _stage(stage)
        reason, text = lost_reason(why[0], "".join(why[1:])) if why else (None, "")
        return opportunities.move(card, to, by, last=True, reason_id=reason, lost_text=text)

    return move


def _stage(name: str) -> int:
    """The stage of that name, or the first of its outcome where somebody has renamed it."""
    stages = directory.current().stages_on_offer()
    outcome = {"Closed won": "won", "Closed lost": "lost"}.get(name, "open")
    named = [stage.id for stage in stages if stage.name == name]
    return (named or [stage.id for stage in stages if stage.outcome == outcome])[0]


def _tell_remark(teller: Teller, number: int, remark: Remark) -> None:
    by = teller.actor(remark.owner)

    def write() -> Note:
        about = teller.made[remark.concept, remark.about]
        values = {"about": remark.concept, "about_id": about.id, "body": remark.body, "owner": by.id}
        return gate.create(Note, values, by)

    teller.at(int(remark.days), number, write, remark.body)
