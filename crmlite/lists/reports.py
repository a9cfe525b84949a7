"""Leads on paper: a PDF with a page for each."""

from typing import Any

from crmlite import clock
from crmlite.lists import query
from crmlite.lists.leads import SPEC
from crmlite.lists.reader import Reader, money
from crmlite.lists.sheets import Sheets
from crmlite.models.leads import STATUSES, Lead
from crmlite.models.people import TITLES
from crmlite.rules.access import visible
from crmlite.rules.organisation import logo

MOST_AT_ONCE = 500
LOGO = (40.0, 11.0)  # at most: width, height in mm
LABEL, LINE = 42, 5.6  # width of the labels and height of a line, in mm


class LeadSheets(Sheets):
    """Pages with the organisation at the top and, at the foot, whom the page is about and its number."""

    def __init__(self, title: str, organisation: str, printed: str, logo: bytes = b"") -> None:
        super().__init__(title, author=organisation)
        self.organisation, self.printed, self.about = organisation, printed, ""
        self.logo = logo

    def header(self) -> None:
        if self.logo:
            self.picture(self.logo, self.pdf.l_margin, self.pdf.get_y() - 6, LOGO)
        self.ink(9, grey=True)
        self.write("" if self.logo else self.organisation, 120, 5)
        self.row(f"{self.organisation} · Lead" if self.logo else "Lead", 5, "R")
        self.pdf.ln(1.5)
        self.rule()
        self.pdf.ln(5.5)

    def footer(self) -> None:
        self.pdf.set_y(-15)
        self.ink(8, grey=True)
        self.row((self.lines(self.about, 95) or [""])[0], 5)
        self.pdf.set_y(-15)
        self.row(f"{self.printed}   {self.pdf.page_no()} / {{nb}}", 5, "R")

    def heading(self, text: str, under: str) -> None:
        self.ink(18, bold=True)
        self.block(text, 9)
        self.ink(10.5, grey=True)
        self.block(under, LINE)
        self.pdf.ln(3)

    def section(self, title: str, facts: list[tuple[str, str]]) -> None:
        facts = [(label, text) for label, text in facts if text]
        if facts:
            self._title(title)
        for label, text in facts:
            if self.room() < LINE:
                self.pdf.add_page()
            self.ink(9.5, grey=True)
            self.write(label, LABEL, LINE)
            self.ink(9.5)
            self.block(text, LINE, left=self.pdf.l_margin + LABEL)

    def prose(self, title: str, text: str) -> None:
        if text:
            self._title(title)
            self.ink(9.5)
            self.block(text, LINE)

    def _title(self, title: str) -> None:
        """Not without a line under it."""
        if self.room() < 10 + LINE:
            self.pdf.add_page()
        self.pdf.ln(3)
        self.ink(10.5, bold=True)
        self.row(title, 7)


def of_leads(ids: list[int], to: Reader) -> bytes:
    """The leads among these that the reader may see, each beginning a page, in this order."""
    found = {one.id: one for one in visible(Lead, to.by).where(Lead.id.in_(ids))}
    leads = [found[one] for one in ids if one in found]
    title = leads[0].label if len(leads) == 1 else f"{len(leads)} leads"
    organisation = str(to.directory.settings["organisation"] or "crmlite")
    sheets = LeadSheets(title, organisation, f"{_moment(to.now, to)}, {to.by.name}", logo())
    for lead in leads:
        sheets.pdf.add_page()
        sheets.about = lead.label  # after the page before has got its foot
        _lead(sheets, lead, to)
    return sheets.bytes()


def ids(asked: query.Wish, to: Reader) -> list[int]:
    """What `of_leads` prints of a list: as many as it can, and one more where there are more."""
    return query.ids(SPEC, asked, to, MOST_AT_ONCE + 1)


def _lead(sheets: LeadSheets, lead: Any, to: Reader) -> None:
    now = to.directory
    job = now.choice_name(lead.job_title_id)
    sheets.heading(
        " ".join(filter(None, [TITLES.get(lead.title, ""), lead.full_name])),
        ", ".join(filter(None, [job, lead.department, lead.company])),
    )
    town = " ".join(filter(None, [lead.postcode, lead.city]))
    place = "\n".join(filter(None, [lead.street, town, lead.region, lead.country]))
    wishes = [word for word, no in (("no calls", lead.do_not_call), ("no e-mails", lead.do_not_email)) if no]
    sheets.section(
        "Lead",
        [
            ("Status", STATUSES[lead.status] + (", recycled" if lead.recycled else "")),
            ("Lost reason", ", ".join(filter(None, [now.choice_name(lead.lost_reason_id), lead.lost_text]))),
            ("Source", now.choice_name(lead.source_id)),
            ("Sector", now.choice_name(lead.sector_id)),
            ("Referent", lead.referent),
            ("Budget", money(lead.budget, lead.currency, to)),
            ("Contact date", _day(lead.contact_date)),
            ("Assigned to", now.person_name(lead.owner_id) if lead.owner_id else "Nobody"),
            ("Team", now.teams[lead.team_id].name if lead.team_id in now.teams else ""),
        ],
    )
    sheets.section(
        "Contact",
        [
            ("E-mail", lead.email),
            ("Mobile", lead.mobile_phone),
            ("Phone", lead.phone),
            ("Fax", lead.fax),
            ("Website", lead.website),
            ("Address", place),
            ("Please", ", ".join(wishes)),
        ],
    )
    sheets.prose("Description", lead.description)
    sheets.section(
        "History",
        [
            ("Created", _by(lead.created_at, lead.created_by_id, to)),
            ("Updated", _by(lead.updated_at, lead.updated_by_id, to)),
        ],
    )


def _by(moment: Any, user_id: int | None, to: Reader) -> str:
    return ", ".join(filter(None, [_moment(moment, to), to.directory.person_name(user_id) if user_id else ""]))


def _moment(moment: Any, to: Reader) -> str:
    return f"{clock.to_wall(moment, to.by.zone):%Y-%m-%d %H:%M}"


def _day(value: Any) -> str:
    """On paper, tomorrow is another day: no “Today”."""
    return value.isoformat() if value else ""
