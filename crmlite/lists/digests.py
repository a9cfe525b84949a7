"""The digest as a mail: what Today tells, sent once on each day that its person chose."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple

from markupsafe import Markup

from crmlite import clock, mail
from crmlite.lists import almanac, today
from crmlite.lists.planner import Item
from crmlite.lists.reader import Reader, money, plain_day
from crmlite.models.events import EVENT_KINDS, OPEN_STATUSES
from crmlite.models.opportunities import Opportunity
from crmlite.models.users import DIGESTS, User
from crmlite.rules import access, digests, directory

log = logging.getLogger("crmlite.digests")
KIND = "digests"
EVERY = timedelta(seconds=30)
BATCH = 20  # then others have a turn
LOOK = "font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.5; max-width: 640px"


class Line(NamedTuple):
    when: str
    what: str
    about: str
    url: str


Section = tuple[str, list[Line]]


def deliver(payload: dict[str, Any]) -> datetime:
    """A job: mail the digests whose hour has come; answers when to look again. One counts as sent when the server has
    taken it; on a day without anything to tell none is sent."""
    now = clock.now()
    waiting = digests.due(now) if mail.configured() else []
    for row in waiting[:BATCH]:
        message = compose(row.person, now, f"digest-{row.day}-{row.person_id}")
        if message is None:
            digests.settle(row, done=True)
            continue
        try:
            mail.send(message)
        except mail.Unsent as problem:
            log.warning("The digest of %s was not mailed, try %d: %s", row.person_id, row.tries + 1, problem)
            digests.settle(row, tries=row.tries + 1, retry_at=now + mail.wait(row.tries))
            if problem.at_all:
                return now + EVERY
        else:
            digests.settle(row, done=True, mailed_at=clock.now())
    return now if len(waiting) > BATCH else now + EVERY


def send_now(person: User) -> None:
    """One to try it, be the day empty; it does not take the place of the day's own. Raises Unsent."""
    now = clock.now()
    message = compose(person, now, f"digest-tried-{int(now.timestamp())}-{person.id}", empty_too=True)
    if message:
        mail.send(message)


def compose(person: User, now: datetime, key: str, empty_too: bool = False) -> EmailMessage | None:
    """The digest of the person's present day; None where it would be empty."""
    by = access.actor(person.id, "clock")
    to = Reader(by, now, clock.to_wall(now, by.zone).date(), directory.current())
    day = today.day(to)
    sections = _sections(day, to)
    if not sections and not empty_too:
        return None
    title = almanac.long_day(to.today, to)
    subject = f"{title}: {', '.join(_counts(day)) or 'nothing planned'}"
    foot = f"Times are those of {to.by.zone.replace('_', ' ')}."
    if person.digest_days:
        foot += f" This mail comes at {person.digest_hour:02d}:00, {DIGESTS[person.digest_days].lower()}."
    return mail.compose(person.email, subject, _text(sections, foot), key, _html(title, sections, foot))


def _sections(day: today.Day, to: Reader) -> list[Section]:
    """Those with something in them."""
    overdue = [_event(item, f"{plain_day(item.first, to)}{'' if item.all_day else f' {item.start:%H:%M}'}")
               for item in day.overdue]  # fmt: skip
    if day.more_overdue:
        overdue.append(Line("", "All that is open", "", mail.address("/events?view=mine&sort=starts_at")))
    closing = [_sale(one, day, to, plain_day(one.expected_close_date, to)) for one in day.closing]
    found = [
        ("Overdue", overdue),
        ("Today", [_event(item, item.times) for item in _open(day.todays)]),
        ("Closing soon", closing),
        ("Without a next step", [_sale(one, day, to, "") for one in day.idle]),
    ]
    return [(title, lines) for title, lines in found if lines]


def _open(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.status in OPEN_STATUSES]


def _event(item: Item, when: str) -> Line:
    kind = EVENT_KINDS.get(item.kind, "Event").lower()
    return Line(when, item.subject, " · ".join(filter(None, (kind, item.told))), mail.address(item.url))


def _sale(one: Opportunity, day: today.Day, to: Reader, when: str) -> Line:
    about = filter(None, (day.partners.get(one.partner_id, ""), money(one.amount, one.currency, to)))
    return Line(when, one.name, " · ".join(about), mail.address(f"/opportunities/{one.id}"))


def _counts(day: today.Day) -> list[str]:
    """What the subject says: 2 meetings, 1 call, 1 overdue. Of sales the day holds only the first few, so they are not
    counted."""
    kinds = Counter(item.kind for item in _open(day.todays))
    found = [f"{number} {_word(kind, number)}" for kind in EVENT_KINDS if (number := kinds[kind])]
    if day.overdue:
        found.append(f"{'more than ' if day.more_overdue else ''}{len(day.overdue)} overdue")
    if day.closing:
        found.append("sales closing soon")
    if day.idle:
        found.append("sales without a next step")
    return found


def _word(kind: str, number: int) -> str:
    return EVENT_KINDS[kind].lower() + ("s" if number > 1 else "")


def _text(sections: list[Section], foot: str) -> str:
    lines = []
    for title, rows in sections:
        lines += [title.upper(), ""]
        for row in rows:
            lines += ["  ".join(filter(None, (row.when, " · ".join(filter(None, (row.what, row.about)))))), row.url, ""]
    if not sections:
        lines += ["Nothing is planned today, nothing is late, and every sale has a next step.", ""]
    links = (f"Today in crmlite: {mail.address('/')}", f"Change or stop this mail: {mail.address(mail.SWITCH)}")
    return "\n".join([*lines, "-- ", foot, *links, ""])


def _html(title: str, sections: list[Section], foot: str) -> Markup:
    parts = [Markup("<h1>%s</h1>") % title]
    for heading, rows in sections:
        items = Markup("").join(_item(row) for row in rows)
        parts.append(Markup("<h2>%s</h2><ul>%s</ul>") % (heading, items))
    if not sections:
        parts.append(Markup("<p>Nothing is planned today, nothing is late, and every sale has a next step.</p>"))
    end = Markup('<hr><p>%s<br><a href="%s">Today in crmlite</a> · <a href="%s">Change or stop this mail</a></p>')
    parts.append(end % (foot, mail.address("/"), mail.address(mail.SWITCH)))
    head = Markup('<!doctype html><html lang="en"><meta charset="utf-8"><title>%s</title>') % title
    return head + Markup('<body style="%s">%s</body></html>') % (LOOK, Markup("").join(parts))


def _item(row: Line) -> Markup:
    when = Markup("<b>%s</b> ") % row.when if row.when else ""
    about = Markup("<br><small>%s</small>") % row.about if row.about else ""
    return Markup('<li>%s<a href="%s">%s</a>%s</li>') % (when, row.url, row.what, about)
