"""Leads on paper: a PDF with a page for each."""

from typing import Any

from crmlite import clock
from crmlite.assets import FOLDER
from crmlite.later import fpdf
from crmlite.lists import query
from crmlite.lists.leads import SPEC
from crmlite.lists.reader import Reader, money
from crmlite.models.leads import STATUSES, Lead
from crmlite.models.people import TITLES
from crmlite.rules.access import visible

MOST_AT_ONCE = 500
FONT = "DejaVu"
LABEL, LINE = 42, 5.6  # width of the labels and height of a line, in mm
GREY, INK, RULE = 110, 20, 210


class Sheets:
    """A4 pages with the organisation at the top and, at the foot, whom the page is about and its number."""

    def __init__(self, organisation: str, printed: str) -> None:
        self.pdf = fpdf.FPDF(format="A4")
        self.pdf.header, self.pdf.footer = self.header, self.footer
        self.organisation, self.printed, self.about = organisation, printed, ""
        for style, name in (("", "dejavu-sans"), ("B", "dejavu-sans-bold")):
            self.pdf.add_font(FONT, style, FOLDER / "vendor" / f"{name}.ttf")
        self.pdf.set_margins(20, 18)
        self.pdf.set_auto_page_break(True, 22)
        self.pdf.set_lang("en")
        self.pdf.set_creator("crmlite")

    def header(self) -> None:
        self._ink(9, grey=True)
        self.pdf.cell(0, 5, self.organisation, new_x=fpdf.XPos.LMARGIN)
        self.pdf.cell(0, 5, "Lead", align="R", new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)
        self.pdf.set_draw_color(RULE)
        self.pdf.line(self.pdf.l_margin, self.pdf.get_y() + 1.5, self.pdf.w - self.pdf.r_margin, self.pdf.get_y() + 1.5)
        self.pdf.ln(7)

    def footer(self) -> None:
        self.pdf.set_y(-15)
        self._ink(8, grey=True)
        self.pdf.cell(0, 5, self.about, new_x=fpdf.XPos.LMARGIN)
        self.pdf.cell(0, 5, f"{self.printed}   {self.pdf.page_no()} / {{nb}}", align="R")

    def heading(self, text: str, under: str) -> None:
        self._ink(18, bold=True)
        self.pdf.multi_cell(0, 9, text, align="L", new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)
        if under:
            self._ink(10.5, grey=True)
            self.pdf.multi_cell(0, LINE, under, align="L", new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)
        self.pdf.ln(3)

    def section(self, title: str, facts: list[tuple[str, str]]) -> None:
        facts = [(label, text) for label, text in facts if text]
        if not facts:
            return
        self.pdf.ln(3)
        self._ink(10.5, bold=True)
        self.pdf.cell(0, 7, title, new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)
        for label, text in facts:
            self._ink(9.5, grey=True)
            self.pdf.cell(LABEL, LINE, label)
            self._ink(9.5)
            self.pdf.multi_cell(0, LINE, text, align="L", new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)

    def prose(self, title: str, text: str) -> None:
        if text:
            self.pdf.ln(3)
            self._ink(10.5, bold=True)
            self.pdf.cell(0, 7, title, new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)
            self._ink(9.5)
            self.pdf.multi_cell(0, LINE, text, align="L", new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)

    def _ink(self, size: float, bold: bool = False, grey: bool = False) -> None:
        self.pdf.set_font(FONT, "B" if bold else "", size)
        self.pdf.set_text_color(GREY if grey else INK)


def of_leads(ids: list[int], to: Reader) -> bytes:
    """The leads among these that the reader may see, each beginning a page, in this order."""
    found = {one.id: one for one in visible(Lead, to.by).where(Lead.id.in_(ids))}
    leads = [found[one] for one in ids if one in found]
    sheets = Sheets(str(to.directory.settings["organisation"] or "crmlite"), f"{_moment(to.now, to)}, {to.by.name}")
    sheets.pdf.set_title(leads[0].label if len(leads) == 1 else f"{len(leads)} leads")
    for lead in leads:
        sheets.pdf.add_page()
        sheets.about = lead.label  # after the page before has got its foot
        _lead(sheets, lead, to)
    return bytes(sheets.pdf.output())


def ids(asked: query.Wish, to: Reader) -> list[int]:
    """What `of_leads` prints of a list: as many as it can, and one more where there are more."""
    return query.ids(SPEC, asked, to, MOST_AT_ONCE + 1)


def _lead(sheets: Sheets, lead: Any, to: Reader) -> None:
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
