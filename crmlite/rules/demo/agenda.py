"""What stands in the calendars of the demo people, as a table."""

from typing import NamedTuple

from crmlite.rules.demo.telling import rows


class Plan(NamedTuple):
    """`when`: working days from today and the owner's wall time; "due" for a task, with or without a time;
    "in" minutes from now; empty for a task without a date. `length`: minutes, or days of a whole-day one
    ("3d"). `about`: concept and name. `alarm`: minutes before. `marks`: private, free, urgent ..."""

    kind: str
    owner: str
    calendar: str
    when: str
    length: str
    status: str
    subject: str
    about: str
    category: str
    alarm: str
    marks: str
    location: str
    note: str


# The columns are those of Plan.
PLANS = """
call    | renata |        | in 35      | 20  |           | Call Marijke about the frame agreement     | partner: Atlas Garden Centres                   | Follow-up call   | 15   |               |                        | Has until the end of next year; wants to talk prices before the summer.
call    | lena   |        | in 50      | 15  |           | Call Matthias about the contract           | opportunity: Rosenhof West, lobby               | Follow-up call   | 15   | high          |                        | His lawyer asked for shorter payment terms.
call    | dario  |        | in 65      | 30  |           | Drawing, second version, with Michele      | opportunity: Optician’s back room               | Follow-up call   | 10   |               |                        |
meeting | amina  |        | in 80      | 60  |           | Show the June figures                      | opportunity: Seven farm shops, phase 1          | Customer meeting | 30   |               | Video                  | Grace and Tom, Hugh joins for the last quarter.
meeting | oskar  |        | in 110     | 45  |           | Panel quote, Frigo Adria                   | opportunity: Cold store, parcel hub Leipzig     |                  | 30   |               | Video                  |
meeting | dario  |        | +1 10:00   | 90  |           | Safety officer looks at drawing 4          | opportunity: Two pharmacies, Connewitz          | Customer meeting | 60   |               | Ritterstraße 17, Leipzig | Bring the load figures.
call    | amina  |        | +1 08:30   | 15  |           | Four butchers: before nine!                | opportunity: Four butchers, new rails           | Follow-up call   | 10   |               |                        |
meeting | lena   |        | +1 14:30   | 60  |           | Fitting dates for Croix-Rousse             | opportunity: Shop 12, Croix-Rousse              | Customer meeting | 30   |               | Rue Mercière 24, Lyon  |
call    | dario  |        | +2 11:15   | 20  |           | Is Andrew back?                            | opportunity: Travel bookshop                    | Follow-up call   |      |               |                        |
meeting | amina  |        | +2 13:00   | 120 |           | Measure the post office                    | opportunity: Counters for the post office shop  | Customer meeting | 60   |               | Oudegracht 31, Utrecht | Laser and ladder.
meeting | lena   |        | +3 09:30   | 60  |           | Sketch the wine wall                       | opportunity: Wine wall                          | Customer meeting | 30   |               | Calle Ledesma 10, Bilbao |
meeting | oskar  |        | +3 16:00   | 60  |           | Council looks at stalls 5 to 9             | opportunity: Stalls 5 to 9                      | Customer meeting | 1440 |               | Hôtel de ville         | Ten minutes for us, the rest is questions.
call    | lena   |        | +4 15:00   | 30  |           | Discount table for spring                  | opportunity: Reseller stock, spring             | Follow-up call   | 15   |               |                        |
meeting | dario  |        | +4 10:30   | 60  |           | Which week for riverside?                  | opportunity: Client project, riverside          | Customer meeting | 30   |               | 12 Corn Street, Bristol |
meeting | oskar  |        | +6 09:00   | 240 |           | Site visit with Luca                       | opportunity: Kitchen cold rooms                 | Customer meeting | 1440 |               | Hospital, gate 4       | Safety shoes.
call    | amina  |        | +5 09:45   | 20  |           | Stainless samples arrived?                 | opportunity: Fish counter, second branch        | Follow-up call   |      | low           |                        |
meeting | amina  |        | +7 11:00   | 60  |           | With and without doors                     | opportunity: Delicatessen, cold wall            | Customer meeting | 30   |               | Stari trg 52, Ljubljana |
meeting | lena   |        | +8 14:00   | 90  |           | Visit with the fitter                      | opportunity: Bar refit                          | Customer meeting | 60   |               | Kraanlei 38, Gent      |
call    | dario  |        | +2 16:30   | 15  |           | Tender portal: are the answers in?         | opportunity: Cafeteria, lot 1                   | Follow-up call   | 15   |               |                        |
call    | dario  |        | +1 15:45   | 20  |           | First call, Reuter Radsport                | lead: Reuter Radsport                           | First call       | 10   |               |                        |
call    | amina  |        | +1 11:30   | 20  |           | First call, Claddagh Seafoods              | lead: Claddagh Seafoods                         | First call       | 10   |               |                        |
meeting | amina  |        | +5 14:00   | 60  |           | Drain and counter with Sofia               | lead: Gelateria Marchetti                       | Customer meeting | 30   |               | Via Cadorna 45, Trieste |
meeting | lena   |        | +6 10:00   | 60  |           | Reseller terms                             | lead: Van Loon Interieur                        | Customer meeting | 30   |               | Video                  |
meeting | lena   |        | -1 16:00   | 45  |           | Easter opening, what is possible           | lead: Ugarte Haurrak                            | Customer meeting |      |               |                        | Took place? Not yet ticked off.
call    | dario  |        | -2 10:00   | 15  |           | Ring Oona back                             | lead: Studio Oona                               | First call       |      |               |                        |
call    | amina  |        | -1 09:15   | 10  | realized  | Bank says yes to Pieter                    | opportunity: Cheese counters, Korenmarkt        | Follow-up call   |      | incoming      |                        | He signs next week.
call    | dario  |        | -3 14:20   | 10  | realized  | Julia asks for a photo of the lights       | partner: Kestrel Bookshops                      |                  |      | incoming      |                        |
meeting | lena   |        | -4 13:30   | 60  | cancelled | Lunch with Annika                          | opportunity: Night fitting, two floors          | Customer meeting |      |               |                        | She is ill, new date by phone.
meeting | amina  |        | +2 09:00   | 30  | cancelled | Teresa: oven doors                         | partner: Pastelaria Almada                      |                  |      |               |                        |
email   | dario  |        | -4 17:05   | 15  | realized  | Drawing 4 sent                             | opportunity: Two pharmacies, Connewitz          |                  |      | free          |                        |
email   | lena   |        | -5 11:40   | 15  | realized  | Reseller terms sent                        | lead: Van Loon Interieur                        |                  |      | free          |                        |
email   | oskar  |        | -9 09:10   | 15  | realized  | Inquiry for 80 mm panels                   | partner: Frigo Adria                            |                  |      | free          |                        |
meeting | lena   |        | +9 22:00   | 300 |           | Night fitting, first floor                 | opportunity: Night fitting, two floors          | Customer meeting | 180  |               | Sporgasse 31, Graz     | Keys from the porter, ring twice.
event   | oskar  | food   | +10        | 3d  |           | Refrigeration fair                         |                                                 |                  | 1440 |               | Hall 4, stand 212      | Amina from the first day, Jonas on the last.
event   | dario  | retail | -12        | 2d  | realized  | Shop lighting days                         |                                                 |                  |      |               | Aarhus                 |
event   | lena   |        | +14        | 5d  |           | Holidays                                   |                                                 |                  |      | private, free |                        |
event   | renata |        | +5         | 1d  |           | Year-end accounts to the auditor           |                                                 |                  | 1440 | free          |                        |
event   | dario  |        | +3 17:30   | 60  |           | Dentist                                    |                                                 |                  | 60   | private       |                        |
event   | amina  |        | -6 12:00   | 90  | realized  | Parents’ day at school                     |                                                 |                  |      | private       |                        |
meeting | renata | retail | +4 08:30   | 45  |           | Prices for next year                       |                                                 | Internal meeting | 15   |               | Green room             |
meeting | renata | food   | -7 08:30   | 45  | realized  | What we learned from the pharmacies        |                                                 | Internal meeting |      |               | Green room             |
meeting | oskar  | food   | +8 09:00   | 180 |           | Training: new compressor range             |                                                 | Training         | 60   |               | Workshop               |
task    | oskar  |        | due +2     |     |           | Answer tender question 14                  | opportunity: Cafeteria, lot 1                   | Paperwork        |      | urgent        |                        |
task    | lena   |        | due +1     |     | ongoing   | Floor plan for bar seven                   | opportunity: Bar seven                          |                  |      | high          |                        | Rein wants it as a PDF.
task    | dario  |        | due +3 12:00 |   |           | Oak sample to Tobias                       | opportunity: Showroom plinths                   |                  | 60   |               |                        |
task    | amina  |        | due -2     |     |           | Ask about the power supply on the pier     | opportunity: Kiosk on the pier                  |                  |      |               |                        |
task    | oskar  |        | due -4     |     | pending   | Price list for the year                    | opportunity: Spare parts agreement              | Paperwork        |      |               |                        | Waiting for the supplier.
task    | lena   |        | due -3     |     | finished  | Send the discount table of last year       | opportunity: Reseller stock, spring             |                  |      |               |                        |
task    | dario  |        | due -6     |     | finished  | Photo of the window lights                 | partner: Kestrel Bookshops                      |                  |      | low           |                        |
task    | amina  |        | due -8     |     | reported  | Collect the old ice machine                | partner: Ribarnica Stari Trg                    |                  |      |               |                        |
task    | dario  |        | due -10    |     | cancelled | Offer for the staff kitchen, version 3     | partner: Herbarium Apotheken                    | Paperwork        |      |               |                        |
task    | renata |        |            |     |           | Find a second joiner for the north         |                                                 |                  |      |               |                        |
task    | lena   |        |            |     | ongoing   | Sort the sample cupboard                   |                                                 |                  |      | low           |                        |
task    | amina  |        |            |     |           | Learn the Slovene words for cold and fresh |                                                 |                  |      | low           |                        |
"""  # noqa: E501 - a table

FIRST_CALLS = (
    "First call: what is it about?",
    "Call back after the inquiry",
    "Rough budget and dates",
    "Who decides, and when?",
)
VISITS = (
    "Visit and measuring",
    "Walk through the shop",
    "Needs, dates, money",
    "Look at the old equipment together",
)


def plans() -> list[Plan]:
    return [Plan(*cells) for cells in rows(PLANS)]
