"""What RFC 4791 lets a client ask for beyond whole events, and where a calendar says that it ends."""

import pytest

from crmlite.models.events import Event
from crmlite.rules import addresses, events
from tests import make
from tests.calendar.conftest import SPACES, Answer, Device, long, meeting, wrapped

EVENTS = '<C:comp-filter name="VEVENT"/>'
MOVED = [
    "BEGIN:VEVENT", "UID:m-1", "DTSTAMP:20261101T080000Z", "RECURRENCE-ID;TZID=Europe/Paris:{key}",
    "DTSTART;TZID=Europe/Paris:{start}", "DURATION:PT1H", "{more}", "END:VEVENT",
]  # fmt: skip


def with_exception(key: str, start: str, more: str = "SUMMARY:Moved", rule: str = "RRULE:FREQ=WEEKLY;COUNT=4") -> str:
    part = "\r\n".join(MOVED).format(key=key, start=start, more=more)
    return meeting("m-1", "20261123T100000", rule).replace("END:VCALENDAR", f"{part}\r\nEND:VCALENDAR")


def data(phone: Device, inside: str) -> str:
    (found,) = phone.query("events/", EVENTS, f"<C:calendar-data>{inside}</C:calendar-data>").found
    return found.text("C:calendar-data")


def test_a_calendar_says_what_it_takes_and_how_far_it_reaches(phone):
    """RFC 4791 sections 5.2.4, 5.2.6, 5.2.7, 5.2.8 and 7.5.1."""
    names = ("supported-calendar-data", "supported-collation-set", "min-date-time", "max-date-time", "max-instances")
    for path, depth in (("events/", "0"), ("", "1")):
        answer = phone.ask(path, "D:displayname", "C:max-resource-size", *(f"C:{name}" for name in names), depth=depth)
        found = next(one for one in answer.found if one.href.endswith("/events/"))
        assert not found.missing and found.text("D:displayname") == "Calendar"
        assert found.props[long("C:supported-calendar-data")][0].get("content-type") == "text/calendar"
        collations = {one.text for one in found.props[long("C:supported-collation-set")]}
        assert {"i;ascii-casemap", "i;octet"} <= collations
        assert found.text("C:min-date-time") < "20000101" < "20400101" < found.text("C:max-date-time")
    assert long("C:max-instances") in phone.ask("", "C:max-instances").found[0].missing


def test_only_the_exceptions_of_a_time_are_told(phone):
    """RFC 4791 section 9.6.6: an exception counts where it stands and where it would have stood."""
    phone.store("events/a.ics", with_exception("20261207T100000", "20261209T100000"))
    for start, end, told in (
        ("20261209T000000Z", "20261210T000000Z", True),
        ("20261207T000000Z", "20261208T000000Z", True),
        ("20261123T000000Z", "20261124T000000Z", False),
    ):
        text = data(phone, f'<C:limit-recurrence-set start="{start}" end="{end}"/>')
        assert "RRULE:FREQ=WEEKLY" in text and ("SUMMARY:Moved" in text) == told
    broken = f"<C:calendar-data><C:limit-recurrence-set start='{start}'/></C:calendar-data>"
    assert phone.query("events/", EVENTS, broken).condition == "C:valid-filter"


def test_chosen_properties_alone_are_told(phone):
    """RFC 4791 section 9.6.1 and the example of section 7.8.1; `novalue` keeps the name (section 9.6.4)."""
    alarm = ("LOCATION:Quai 7", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
    phone.store("events/a.ics", meeting("m-1", "20261123T100000", *alarm))
    head = '<C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT">'
    text = data(phone, f'{head}<C:prop name="UID"/><C:prop name="LOCATION" novalue="yes"/></C:comp></C:comp>')
    assert text == "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:m-1", "LOCATION:", "END:VEVENT",
                                "END:VCALENDAR", ""])  # fmt: skip
    assert "VALARM" in data(phone, f'{head}<C:allprop/><C:comp name="VALARM"/></C:comp></C:comp>')
    assert data(phone, '<C:comp name="VCALENDAR"/>') == phone.get("events/a.ics").text


@pytest.mark.parametrize("asked", ['content-type="application/calendar+json"', 'version="1.0"'])
def test_another_kind_of_calendar_text_is_not_told(phone, asked):
    """RFC 4791 section 7.8: the precondition supported-calendar-data."""
    answer = phone.query("events/", EVENTS, f"<C:calendar-data {asked}/>")
    assert (answer.status, answer.condition) == (403, "C:supported-calendar-data")


@pytest.mark.parametrize("method", ["MKCALENDAR", "MKCOL"])
def test_no_calendar_stands_in_another(phone, method):
    """RFC 4791 section 5.3.1.1."""
    answer = Answer(phone.request(method, "events/deeper/"))
    assert (answer.status, answer.condition) == (403, "C:calendar-collection-location-ok")


def test_a_move_onto_the_uid_of_another_names_that_event(phone):
    """RFC 4791 section 5.3.2.1: no-uid-conflict holds the address of the event that has the UID; trap 12."""
    team = f"team-{phone.me.active_team_id}/"
    phone.store("events/a.ics", meeting("one"))
    phone.store(f"{team}there.ics", meeting("one"))
    to = {"Destination": f"/dav/{phone.slug}/{team}here.ics"}
    answer = Answer(phone.request("MOVE", "events/a.ics", headers=to))
    assert (answer.status, answer.condition) == (409, "C:no-uid-conflict")
    assert answer.root is not None and answer.root[0][0].text == f"/dav/{phone.slug}/{team}there.ics"


def test_taken_times_are_told_as_firm_or_tentative_turn_by_turn(phone):
    """RFC 4791 section 7.10: TENTATIVE is BUSY-TENTATIVE; each turn says for itself whether it takes time."""
    phone.store("events/a.ics", meeting("two", "20261123T150000", "STATUS:TENTATIVE"))
    phone.store("events/b.ics", with_exception("20261130T100000", "20261130T120000", "TRANSP:TRANSPARENT"))
    phone.store("events/c.ics", meeting("three", "20261123T200000", "DESCRIPTION:TENTATIVE only in words"))
    span = '<C:time-range start="20261123T000000Z" end="20261208T000000Z"/>'
    text = phone.report("events/", f"<C:free-busy-query {SPACES}>{span}</C:free-busy-query>").response.text
    assert [line.partition("=")[2] for line in text.splitlines() if line.startswith("FREEBUSY")] == [
        "BUSY:20261123T090000Z/20261123T100000Z",
        "BUSY:20261123T190000Z/20261123T200000Z",
        "BUSY:20261207T090000Z/20261207T100000Z",
        "BUSY-TENTATIVE:20261123T140000Z/20261123T150000Z",
    ]


def test_links_survive_every_edit_of_the_phone(phone):
    """A meeting planned for an opportunity, moved, renamed and sent into another calendar from a phone."""
    deal = make.make_opportunity(phone.me, partner=make.make_partner(phone.me).id)
    wish = {"kind": "call", "subject": "Offer", "starts_at": deal.created_at, "opportunity": deal.id}
    event = events.save(None, {**wish, "call_type": "outgoing"}, phone.me)
    text = phone.get(f"events/{event.href}").text
    phone.store(f"events/{event.href}", text.replace("SUMMARY:Offer", "SUMMARY:Offer, second part\r\nX-NEW:1"))
    to = {"Destination": f"/dav/{phone.slug}/team-{phone.me.active_team_id}/{event.href}"}
    assert phone.request("MOVE", f"events/{event.href}", headers=to).status_code == 201
    row = Event.get_by_id(event.id)
    assert (row.opportunity_id, row.partner_id, row.kind, row.call_type) == (
        deal.id, deal.partner_id, "call", "outgoing",
    )  # fmt: skip
    assert row.subject == "Offer, second part" and row.calendar.team_id == phone.me.active_team_id


@pytest.fixture
def public():
    """The house is known under an address that phones reach."""
    addresses.serve_at("https://crm.example.com")
    yield
    addresses.serve_at("http://localhost")


def test_the_address_of_the_record_is_on_the_phone_and_never_grows(phone, public):
    lead, other = make.make_lead(phone.me), make.make_lead(phone.me, "Other")
    wish = {"kind": "meeting", "subject": "Visit", "starts_at": lead.created_at, "lead": lead.id}
    event = events.save(None, wish, phone.me)
    address = f"URL:https://crm.example.com/leads/{lead.id}\r\n"
    first = phone.get(f"events/{event.href}").text
    assert first.count("URL") == 1 and address in first
    for turn in range(3):
        text = phone.get(f"events/{event.href}").text
        assert phone.store(f"events/{event.href}", text.replace("SUMMARY:", f"SUMMARY:{turn}")).status_code == 204
        events.save(Event.get_by_id(event.id), {"location": f"Quai {turn}"}, phone.me)
    text = phone.get(f"events/{event.href}").text
    assert text.count("URL") == 1 and address in text and "DESCRIPTION" not in text
    events.save(Event.get_by_id(event.id), {"lead": other.id}, phone.me)
    assert f"URL:https://crm.example.com/leads/{other.id}\r\n" in phone.get(f"events/{event.href}").text
    events.save(Event.get_by_id(event.id), {"lead": None}, phone.me)
    assert "URL" not in phone.get(f"events/{event.href}").text


def test_an_address_of_somebodys_own_stays(phone, public):
    phone.store("events/a.ics", wrapped("VEVENT", "UID:own", "DTSTAMP:20261101T080000Z", "SUMMARY:Call",
                                        "DTSTART:20261123T090000Z", "URL:https://meet.example.org/x"))  # fmt: skip
    events.save(Event.get(Event.uid == "own"), {"lead": make.make_lead(phone.me).id}, phone.me)
    assert "URL:https://meet.example.org/x" in phone.get("events/a.ics").text
