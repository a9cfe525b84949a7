"""Guests of an event as pages show them and as people type them: one on a line, an address or a name with one."""

import re
from typing import NamedTuple

from markupsafe import Markup, escape

from crmlite.errors import Invalid
from crmlite.ics.read import Attendee as Invited
from crmlite.ics.read import Fields
from crmlite.lists.marks import icon
from crmlite.lists.reader import Reader, when
from crmlite.models.events import Attendee
from crmlite.models.people import EMAIL
from crmlite.rules import search
from crmlite.rules.guests import Change
from crmlite.rules.invitations import Sent

MOST = 100
EACH = 5
LINE = re.compile(r'"?([^<>"]*?)"?\s*<([^<>]*)>')
SOUGHT = {"contact": "Contact", "partner": "Customer", "lead": "Lead"}
ORGANIZES = ("Organizes", "star", "grey")
# Answer -> its word, sign and tone.
WORDS = {
    "yes": ("Accepted", "circle-check", "green"),
    "maybe": ("Tentative", "circle-help", "orange"),
    "no": ("Declined", "circle-x", "red"),
    "": ("No answer yet", "circle-dashed", "grey"),
}
UNREAD = ("Not an address", "circle-alert", "red")


class Guest(NamedTuple):
    """`line` as it is typed; `answer` yes, maybe, no or empty."""

    name: str
    email: str
    line: str
    answer: str
    word: str
    icon: str
    tone: str
    organizer: bool = False
    mine: bool = False
    mailed: str = ""


class Suggestion(NamedTuple):
    line: str
    what: str


def shown(rows: list[Attendee], to: Reader) -> list[Guest]:
    me = to.directory.people.get(to.by.id or 0)
    mine = me.email.lower() if me else ""
    organizers = {row.email for row in rows if row.organizer}  # some programs write them among the guests too
    rows = [row for row in rows if row.organizer or row.email not in organizers]
    return [
        Guest(
            row.name or to.directory.person_name(row.user_id) or row.email,
            row.email,
            line(row.name, row.email),
            row.answer,
            *(ORGANIZES if row.organizer else WORDS[row.answer]),
            organizer=row.organizer,
            mine=bool(mine) and row.email == mine and not row.organizer,
        )
        for row in rows[:MOST]
    ]


def with_mails(guests: list[Guest], sent: dict[str, Sent], to: Reader) -> list[Guest]:
    """The guests with what went to them by mail."""
    return [
        one._replace(mailed=_mailed(sent[one.email], to)) if one.email in sent and not one.organizer else one
        for one in guests
    ]


def _mailed(one: Sent, to: Reader) -> str:
    what = "Cancellation" if one.cancels else "Invitation"
    words = {"sent": f"mailed {when(one.at, to)}", "waiting": "is on its way", "failed": "could not be mailed"}
    return f"{what} {words[one.state]}"


def told(guests: list[Guest]) -> Markup:
    """All in one line of a timeline, each with the sign and the word of the answer."""
    parts = [
        Markup(f'<span class="{one.tone}">{icon(one.icon)}{escape(one.name)} <small>{one.word.lower()}</small></span>')
        for one in guests
        if not one.organizer
    ]
    return Markup('<span class="invited">%s</span>') % Markup(" ").join(parts) if parts else Markup("")


def line(name: str, email: str) -> str:
    name = re.sub(r'[<>"\s]+', " ", name).strip()
    return f"{name} <{email}>" if name and name != email else email


def lines(fields: Fields) -> str:
    """The guests of an event as its form holds them."""
    organizer = fields.organizer.email.lower() if fields.organizer else ""
    people = [one for one in fields.attendees if one.email and one.email.lower() != organizer]
    return "\n".join(line(one.name, one.email) for one in people)


def typed(text: str, fields: Fields | None) -> list[Guest]:
    """The lines of a form, with what those who are invited already have answered."""
    answers = {one.email.lower(): one.answer for one in (fields.attendees if fields else ())}
    found = []
    for one in _split(text):
        name, email = _parts(one)
        look = WORDS[answers.get(email.lower(), "")] if EMAIL.fullmatch(email) or email.lower() in answers else UNREAD
        found.append(Guest(name or email, email, one, answers.get(email.lower(), ""), *look))
    return found


def read(text: str, before: str) -> Change:
    """What the lines of a form change. Raises Invalid."""
    now, then = _split(text), _split(before)
    added = [Invited(email, name) for name, email in (_parts(one) for one in now if one not in then)]
    for guest in added:
        sound = EMAIL.fullmatch(guest.email) and f"{guest.name}{guest.email}".isprintable()
        if not sound or len(guest.email) > 200 or len(guest.name) > 200:
            said = (guest.email or guest.name)[:60]
            raise Invalid(
                fields={"guests": f"“{said}” is no e-mail address: please write one, such as ana@home.example."}
            )
    if len(now) > MOST:
        raise Invalid(fields={"guests": f"An event has {MOST} guests at most: please take some away."})
    stay = {guest.email.lower() for guest in added} | {_parts(one)[1].lower() for one in now}
    removed = [email for one in then if (email := _parts(one)[1]).lower() not in stay]
    return Change(tuple(added), tuple(removed))


def suggestions(asked: str, to: Reader) -> list[Suggestion]:
    """People of the house, contacts, customers and leads that the reader sees and that have an e-mail address."""
    words = asked.lower().split()
    if not words:
        return []
    everybody = to.by.scope("event") == "all"
    found = [
        Suggestion(line(person.name, person.email), "Colleague")
        for person in to.directory.people.values()
        if person.active
        and person.id != to.by.id
        and (everybody or person.id in to.by.mates)
        and all(word in f"{person.name} {person.email}".lower() for word in words)
    ][:EACH]
    for concept, word in SOUGHT.items():
        hits = [hit for hit in search.find(asked, to.by, 3 * EACH, concept) if hit.facts["email"]][:EACH]
        found += [Suggestion(line(hit.label, hit.facts["email"]), word) for hit in hits]
    return list({one.line: one for one in found}.values())


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (" ".join(one.split()) for one in re.split(r"[\n;]", text)))))


def _parts(one: str) -> tuple[str, str]:
    """Name and address of a line; the name is empty where there is none."""
    found = LINE.fullmatch(one)
    return (found[1].strip(), found[2].strip()) if found else ("", one)
