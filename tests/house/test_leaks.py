"""Charlie walks through every door with the numbers of Alice's records in hand, and learns nothing."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from crmlite import clock
from crmlite.lists import kinds
from crmlite.models.base import database
from crmlite.rules import calendars, devices, documents, events, gate, journal, notes, views
from crmlite.rules.access import OWNED, Actor
from tests import people
from tests.make import make_contact, make_lead, make_opportunity, make_partner, make_quote
from tests.servers import signed_in

SECRET = "Zanzibar"
ASKED = "Zanz"  # finds the secret; an answer that repeats the question does not tell it
PUBLIC = {"assets.file", "assets.icon", "feeds.calendar", "health.show", "sessions.new", "sessions.welcome"}
WORDS = {
    "kind": ("source",),
    "name": ("email", "amount", "owner"),
    "noun": ("completion", "reopening"),
    "path": ("icons.svg",),
}


@pytest.fixture
def treasure(alice: Actor) -> dict[str, list[int]]:
    """One of everything, all of it Alice's, with a word in it that nobody else may read."""
    partner = make_partner(alice, f"{SECRET} Spices")
    contact = make_contact(alice, f"{SECRET} Contact", partner=partner.id)
    words = {"company": f"{SECRET} Trading", "email": f"{SECRET}@example.com".lower()}
    lead = make_lead(alice, f"{SECRET} Lead", partner=partner.id, **words)
    opportunity = make_opportunity(
        alice, f"{SECRET} Cloves", partner=partner.id, lead=lead.id, contact=contact.id
    )
    quote = make_quote(alice, name=f"{SECRET} quote", opportunity=opportunity.id)
    start = clock.now() + timedelta(days=1)
    event = events.save(
        None,
        {
            "kind": "meeting",
            "subject": f"{SECRET} meeting",
            "starts_at": start,
            "ends_at": start + timedelta(hours=1),
            "tzid": "Europe/Paris",
            "lead": lead.id,
        },
        alice,
    )
    notes.add(lead, f"{SECRET} is far", alice)
    plan = documents.Sent(f"{SECRET} map.txt", io.BytesIO(f"{SECRET} is here".encode()))
    (document,) = documents.attach(lead, [plan], 1000, alice)
    device, _ = devices.add_device(people.user("alice"), f"{SECRET} phone", alice)
    view = {"name": f"{SECRET} view", "audience": "team", "team": alice.active_team_id, "pinned": True}
    saved = views.keep("leads", view, f"company=has:{SECRET}", alice)
    mine = calendars.personal(alice.id or 0, "events")
    gate.change(mine, {"name": f"{SECRET} calendar", "description": SECRET}, alice)
    known = {
        "lead": [lead.id],
        "partner": [partner.id],
        "contact": [contact.id],
        "opportunity": [opportunity.id],
        "event": [event.id],
        "quote": [quote.id],
        "device": [device.id],
        "document": [document.id],
        "saved_view": [saved.id],
        "calendar": [mine.id],
    }
    return known | {concept: [plain_record(concept, alice)] for concept in OWNED if concept not in known}


def plain_record(concept: str, by: Actor) -> int:
    """A record of a concept that came later, with no more than a name."""
    values = {"name": f"{SECRET} {concept}", "owner": by.id, "team": by.active_team_id}
    return gate.create(OWNED[concept], values, by).id


@pytest.fixture
def charlie_there(server, charlie: Actor) -> FlaskClient:
    client = server.app.test_client()
    client.set_cookie("crmlite", signed_in(server.app, "charlie"))
    return client


def test_the_walk_would_notice_a_leak(server, treasure):
    """Alice does read her word, on the lists, the records and the search: the walk looks at the right
    pages."""
    alice = server.app.test_client()
    alice.set_cookie("crmlite", signed_in(server.app, "alice"))
    for section, concept in SECTIONS.items():
        assert SECRET in alice.get(f"/{section}").text, section
        assert SECRET in alice.get(f"/{section}/{treasure[concept][0]}").text, section
    assert SECRET in alice.get(f"/search?q={ASKED}").text
    assert SECRET in alice.get("/devices").text


def test_no_page_tells_charlie_anything(server, charlie_there, treasure):
    everything = sorted({number for numbers in treasure.values() for number in numbers})
    visited = 0
    for rule in readable(server):
        for url in addresses(rule, everything):
            for htmx in (False, True):
                answer = charlie_there.get(url, headers={"HX-Request": "true"} if htmx else {})
                visited += 1
                assert answer.status_code < 500, url
                assert SECRET.lower() not in told(answer), url
    assert visited > 100


def test_a_record_of_alices_is_missing_for_charlie_whatever_the_page(server, charlie_there, treasure):
    visited = 0
    for rule in readable(server):
        of_record = re.match(r"/(\w+)/<int:", rule.rule)
        if of_record and of_record[1] in SECTIONS:
            for url in addresses(rule, treasure[SECTIONS[of_record[1]]]):
                visited += 1
                assert charlie_there.get(url).status_code == 404, url
    assert visited > 30


def test_lists_and_searches_tell_nothing_however_they_are_asked(charlie_there, treasure):
    for url in questions(treasure):
        answer = charlie_there.get(url)
        assert answer.status_code < 500, url
        assert SECRET.lower() not in told(answer), url


def test_the_same_questions_find_something_for_alice(server, treasure):
    alice = server.app.test_client()
    alice.set_cookie("crmlite", signed_in(server.app, "alice"))
    telling = [url for url in questions(treasure) if SECRET.lower() in told(alice.get(url))]
    assert f"/search?q={ASKED}" in telling and len(telling) > 30


def test_the_live_feed_names_no_record_of_alices(charlie_there, treasure):
    answer = charlie_there.get("/journal/since/0")
    assert answer.status_code in (200, 204) and not (answer.get_json(silent=True) or {}).get("changes")


def test_charlie_changes_nothing_of_alices(server, charlie_there, treasure, alice):
    """Every address that takes a POST, with her numbers: refused, and her records stay as they are."""
    before = journal.last_id()
    everything = sorted({number for numbers in treasure.values() for number in numbers})
    for rule in server.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or not any(
            isinstance_int(rule, name) for name in rule.arguments
        ):
            continue
        for url in addresses(rule, everything):
            answer = charlie_there.post(url, data={"name": "Taken", "body": "Taken"})
            assert answer.status_code in (403, 404, 409, 422), f"{url} answers {answer.status_code}"
            assert SECRET.lower() not in told(answer), url
    assert journal.last_id() == before


def test_nobody_comes_in_without_signing_in(server, treasure):
    stranger = server.app.test_client()
    everything = sorted({number for numbers in treasure.values() for number in numbers})
    for rule in readable(server):
        for url in addresses(rule, everything[:1]):
            if rule.endpoint in PUBLIC:
                assert SECRET not in stranger.get(url).text
                continue
            answer = stranger.get(url)
            assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"), url
            assert stranger.get(url, headers={"HX-Request": "true"}).status_code == 401, url


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PROPFIND", "REPORT", "PUT", "DELETE", "PROPPATCH", "MKCALENDAR", "MOVE"]
)
def test_no_device_of_charlies_reaches_alices_calendars(server, charlie, treasure, method):
    _, password = devices.add_device(people.user("charlie"), "Phone", charlie)
    client = server.app.test_client()
    before = journal.last_id()
    for path in dav_paths(treasure):
        answer = client.open(
            path,
            base_url=server.url,
            method=method,
            auth=(people.email("charlie"), password),
            headers={
                "Depth": "1",
                "Destination": f"{server.url}/dav/{people.user('charlie').slug}/events/x.ics",
            },
            data=BODIES.get(method, ""),
            content_type="application/xml",
        )
        assert 400 <= answer.status_code < 500 or method == "PROPFIND" and answer.status_code == 207, path
        assert SECRET.lower() not in answer.get_data(as_text=True).lower(), path
    assert journal.last_id() == before


def test_no_calendar_is_read_without_a_password(server, treasure):
    client = server.app.test_client()
    for path in ("/dav/", *dav_paths(treasure)):
        for method in ("GET", "PROPFIND", "REPORT", "PUT", "DELETE"):
            answer = client.open(path, method=method, data=BODIES.get(method, ""))
            assert answer.status_code == 401, f"{method} {path} answers {answer.status_code}"
            assert SECRET not in answer.get_data(as_text=True)


SECTIONS = {section: concept for concept, section in kinds.SECTIONS.items() if concept in OWNED}
ON_A_LIST = (
    "?view=all",
    f"?view=all&q={ASKED}",
    f"?q={ASKED}",
    "?view=archived",
    "?sort=-name",
    "/rows?view=all",
    "/totals?view=all",
    f"/totals?view=all&q={ASKED}",
    ".csv?view=all",
    f".csv?q={ASKED}",
    ".xlsx?view=all",
    ".vcf?view=all",
    ".pdf?view=all",
    "/print?view=all",
    f"/print?q={ASKED}",
)
EVENT = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:x
DTSTAMP:20260101T000000Z
DTSTART:20260101T000000Z
SUMMARY:Taken
END:VEVENT
END:VCALENDAR
"""
BODIES = {
    "PROPFIND": '<propfind xmlns="DAV:"><allprop/></propfind>',
    "REPORT": '<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level>'
    "<prop><getetag/></prop></sync-collection>",
    "PROPPATCH": '<propertyupdate xmlns="DAV:"><set><prop><displayname>Taken</displayname></prop></set>'
    "</propertyupdate>",
    "PUT": EVENT.replace("\n", "\r\n"),
}


def questions(treasure: dict[str, list[int]]) -> list[str]:
    """Addresses with a question in them: texts to find, numbers to filter by or to begin a form with."""
    numbers = "&".join(f"{concept}={found[0]}" for concept, found in treasure.items())
    card = treasure["opportunity"][0]
    return [
        *(f"/{section}{end}" for section in SECTIONS for end in ON_A_LIST),
        *(f"/{section}/form?{numbers}" for section in SECTIONS),
        *(f"/{section}?{name}=in:{treasure[name][0]}" for section in SECTIONS for name in OWNED),
        *(f"/opportunities/board{end}" for end in ("", f"?q={ASKED}", "?view=all", f"/cards?changed={card}")),
        *(f"/calendars/{page}" for page in ("week", "day", "agenda", f"week?layers=1&{numbers}")),
        *(f"/search/options?concept={concept}&q={ASKED}" for concept in OWNED),
        f"/search?q={ASKED}",
        *(f"/documents{end}?about=lead&about_id={treasure['lead'][0]}" for end in ("", "/picture")),
        "/",
    ]


def told(answer: TestResponse) -> str:
    """What an answer says, in lower case: of a workbook what is packed in it, of other bytes what can be read."""
    body = answer.get_data()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as pack:
            body = b"".join(pack.read(name) for name in pack.namelist())
    return body.decode(errors="replace").lower()


def readable(server) -> Iterator[Rule]:
    return (rule for rule in server.app.url_map.iter_rules() if "GET" in (rule.methods or ()))


def addresses(rule: Rule, numbers: list[int]) -> Iterator[str]:
    """The rule's addresses with each of the numbers, or with words that fit where it asks for a word."""
    words = next(
        (WORDS[name] for name in rule.arguments if name in WORDS and not isinstance_int(rule, name)), ("x",)
    )
    for number in numbers if any(isinstance_int(rule, name) for name in rule.arguments) else [0]:
        for word in words:
            url = re.sub(r"<int:[^>]*>", str(number), rule.rule)
            yield re.sub(r"<[^>]*>", word, url)
            if not rule.arguments:
                return


def isinstance_int(rule: Rule, name: str) -> bool:
    return f"<int:{name}>" in rule.rule


def dav_paths(treasure: dict[str, list[int]]) -> list[str]:
    slug = people.user("alice").slug
    href = events_href(treasure["event"][0])
    return [f"/dav/{slug}/", f"/dav/{slug}/events/", f"/dav/{slug}/tasks/", f"/dav/{slug}/events/{href}"]


def events_href(event_id: int) -> str:
    return database.execute_sql(f"SELECT href FROM events WHERE id = {event_id}").fetchone()[0]
