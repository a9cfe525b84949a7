"""Calendars themselves: made, named, coloured, shared, deleted."""

import pytest

from crmlite.models.calendars import Calendar, Share
from crmlite.models.events import Event
from crmlite.rules import calendars, gate
from tests.calendar.conftest import SPACES, Answer, Device, meeting, todo


def make(phone: Device, path: str, inside: str = "", method: str = "MKCALENDAR") -> Answer:
    body = f"<C:mkcalendar {SPACES}><D:set><D:prop>{inside}</D:prop></D:set></C:mkcalendar>" if inside else ""
    return Answer(phone.request(method, path, data=body.encode()))


def patch(phone: Device, path: str, inside: str) -> Answer:
    return Answer(
        phone.request("PROPPATCH", path, data=f"<D:propertyupdate {SPACES}>{inside}</D:propertyupdate>".encode())
    )


def put(inside: str) -> str:
    return f"<D:set><D:prop>{inside}</D:prop></D:set>"


def test_a_client_makes_a_calendar(phone):
    made = make(
        phone,
        "private/",
        "<D:displayname>Privé</D:displayname><I:calendar-color>#0f6b72ff</I:calendar-color>",
    )
    assert made.status == 201
    (found,) = phone.ask("private/", "D:displayname", "I:calendar-color").found
    assert (found.text("D:displayname"), found.text("I:calendar-color")) == ("Privé", "#0F6B72FF")
    assert phone.store("private/a.ics", meeting()).status_code == 201


def test_a_client_makes_a_task_list(phone):
    kinds = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'
    assert make(phone, "chores/", kinds).status == 201
    assert phone.store("chores/t.ics", todo()).status_code == 201
    assert phone.store("chores/a.ics", meeting()).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("events/", 409),
        ("events/deeper/", 403),
        ("nowhere/deeper/", 409),
        ("shared-1/", 403),
        ("team-99/", 403),
        ("x" * 90, 403),
    ],
)
def test_calendars_that_cannot_be_made(phone, path, status):
    assert make(phone, path).status == status


def test_an_address_book_cannot_be_made_here(phone):
    body = (
        f"<D:mkcol {SPACES}><D:set><D:prop>"
        "<D:resourcetype><D:collection/><CR:addressbook/></D:resourcetype></D:prop></D:set></D:mkcol>"
    )
    assert phone.request("MKCOL", "book/", data=body).status_code == 403
    assert phone.request("MKCOL", "folder/").status_code == 403


def test_a_made_calendar_can_be_deleted_and_made_again_with_another_token(phone):
    make(phone, "private/")
    phone.store("private/a.ics", meeting())
    token = phone.changes("private/").token
    assert phone.delete("private/").status_code == 204
    assert phone.changes("private/").status == 404
    assert Event.get(Event.uid == "m-1").deleted_at
    assert make(phone, "private/").status == 201
    assert phone.changes("private/", token).condition == "D:valid-sync-token"


def test_name_colour_and_order_are_changed_by_the_phone(phone):
    before = phone.ask("events/", "CS:getctag").found[0].text("CS:getctag")
    answer = patch(
        phone,
        "events/",
        put(
            "<D:displayname>Chez moi</D:displayname><I:calendar-color>#abc</I:calendar-color><I:calendar-order>7</I:calendar-order>"
        ),
    )
    assert not answer.found[0].missing
    calendar = phone.calendar()
    assert (calendar.name, calendar.colour, calendar.position) == ("Chez moi", "#aabbcc", 7)
    assert phone.ask("events/", "CS:getctag").found[0].text("CS:getctag") != before


def test_other_properties_are_kept_for_the_client(phone):
    patch(
        phone,
        "events/",
        put("<X:note>mine &lt;&amp;</X:note><C:calendar-timezone>BEGIN:VCALENDAR</C:calendar-timezone>"),
    )
    (found,) = phone.ask("events/", "X:note", "C:calendar-timezone").found
    assert found.props["{urn:example:x}note"].text == "mine <&"
    patch(phone, "events/", "<D:remove><D:prop><X:note/></D:prop></D:remove>")
    assert phone.ask("events/", "X:note").found[0].missing == {"{urn:example:x}note"}


@pytest.mark.parametrize(
    "inside",
    [
        "<D:resourcetype><D:collection/></D:resourcetype>", "<D:getetag>x</D:getetag>", "<D:sync-token>x</D:sync-token>",
        "<CS:getctag>x</CS:getctag>", '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>',
        "<I:calendar-color>red</I:calendar-color>", "<I:calendar-order>first</I:calendar-order>", "<D:displayname/>",
        f"<X:big>{'x' * 20_000}</X:big>",
    ],
)  # fmt: skip
def test_one_refused_property_holds_back_the_others(phone, inside):
    name = phone.calendar().name
    answer = patch(phone, "events/", put(f"<X:note>mine</X:note>{inside}"))
    assert answer.status == 207 and len(answer.found[0].missing) == 2
    assert phone.calendar().name == name and phone.ask("events/", "X:note").found[0].missing


def test_a_thousand_properties_do_not_fit(phone):
    many = "".join(f"<X:p{number}>x</X:p{number}>" for number in range(1_000))
    assert len(patch(phone, "events/", put(many)).found[0].missing) == 1_000


def test_a_propertyupdate_without_sense_is_a_bad_request(phone):
    assert Answer(phone.request("PROPPATCH", "events/", data=f"<D:prop {SPACES}/>")).status == 400
    assert patch(phone, "nowhere/", put("<X:a/>")).status == 404
    home = patch(phone, "", put("<X:a/>"))
    assert home.status == 207 and "HTTP/1.1 403" in home.response.text and "HTTP/1.1 200" not in home.response.text


def test_a_member_neither_renames_nor_deletes_the_calendar_of_the_team(phone):
    team = f"team-{phone.me.active_team_id}"
    assert patch(phone, team, put("<D:displayname>Mine</D:displayname>")).found[0].missing
    assert phone.delete(team).status_code == 403
    assert Calendar.get(Calendar.slug == team).name == "North"


@pytest.fixture
def shared(phone, dav_of):
    """Alice’s calendar, which Bob may read; with an open and a private meeting."""
    calendar = phone.calendar()
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
    phone.store("events/a.ics", meeting("open", "20261123T100000", *alarm))
    phone.store(
        "events/b.ics",
        meeting("own", "20261123T120000", "CLASS:PRIVATE", "LOCATION:Clinic", *alarm, summary="Doctor"),
    )
    gate.create(Share, {"calendar": calendar.id, "user": dav_of("bob").me.id, "right": "read"}, phone.me)
    return f"shared-{calendar.id}/"


def test_a_shared_calendar_stands_in_the_home_of_the_reader(phone, dav_of, shared):
    bob = dav_of("bob")
    assert shared.rstrip("/") in bob.ask("", "D:displayname", depth="1").names
    (found,) = bob.ask(shared, "D:current-user-privilege-set", "D:owner").found
    privileges = {child.tag for one in found.props["{DAV:}current-user-privilege-set"] for child in one}
    assert "{DAV:}read" in privileges and not any("write" in one or "all" in one for one in privileges)
    assert found.props["{DAV:}owner"][0].text == f"/dav/{phone.slug}/"


def test_who_may_only_read_gets_no_alarm_and_changes_nothing(phone, dav_of, shared):
    bob = dav_of("bob")
    got = bob.get(f"{shared}a.ics")
    assert "SUMMARY:Visit" in got.text and "VALARM" not in got.text
    assert got.headers["ETag"] != phone.get("events/a.ics").headers["ETag"]
    assert got.headers["ETag"] == bob.changes(shared).found[0].text("D:getetag")
    assert bob.store(f"{shared}a.ics", meeting("open")).status_code == 403
    assert bob.store(f"{shared}new.ics", meeting("new")).status_code == 403
    assert bob.delete(f"{shared}a.ics").status_code == 403
    assert bob.delete(shared).status_code == 403
    assert patch(bob, shared, put("<D:displayname>Mine</D:displayname>")).status == 403
    to = {"Destination": f"/dav/{bob.slug}/events/a.ics"}
    assert bob.request("MOVE", f"{shared}a.ics", headers=to).status_code == 403
    bob.store("events/x.ics", meeting("x"))
    to = {"Destination": f"/dav/{bob.slug}/{shared}x.ics"}
    assert bob.request("MOVE", "events/x.ics", headers=to).status_code == 403
    assert phone.changes("events/").names == ["a.ics", "b.ics"]


def test_a_private_event_shows_only_when_it_stands(dav_of, shared):
    bob = dav_of("bob")
    data = "<D:getetag/><C:calendar-data/>"
    texts = [
        bob.get(f"{shared}b.ics").text,
        bob.get(shared).text,
        bob.changes(shared, props=data).response.text,
        bob.query(shared, '<C:comp-filter name="VEVENT"/>', data).response.text,
    ]
    for text in texts:
        assert "Doctor" not in text and "Clinic" not in text and "SUMMARY:Busy" in text
    inside = '<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match>doctor</C:text-match></C:prop-filter></C:comp-filter>'
    assert bob.query(shared, inside).names == []


def test_who_may_write_gets_everything_anew_but_the_private(phone, dav_of, shared):
    bob = dav_of("bob")
    token = bob.changes(shared).token
    gate.change(Share.get(Share.user == bob.me.id), {"right": "write"}, phone.me)
    assert bob.changes(shared, token).condition == "D:valid-sync-token"
    assert "VALARM" in bob.get(f"{shared}a.ics").text and "Doctor" not in bob.get(f"{shared}b.ics").text
    assert bob.store(f"{shared}new.ics", meeting("new")).status_code == 201
    assert Event.get(Event.uid == "new").owner_id == phone.me.id
    assert bob.store(f"{shared}b.ics", meeting("own", summary="Mine now")).status_code == 403
    assert bob.delete(f"{shared}b.ics").status_code in (403, 404)
    assert "Doctor" in phone.get("events/b.ics").text


def test_a_share_that_ends_closes_the_calendar_at_once(phone, dav_of, shared):
    bob = dav_of("bob")
    gate.remove(Share.get(Share.user == bob.me.id), phone.me)
    assert bob.ask(shared, "D:displayname").status == 404
    assert bob.get(f"{shared}a.ics").status_code == 404


def test_the_members_of_a_team_write_to_its_calendar(phone, dav_of):
    team = f"team-{phone.me.active_team_id}/"
    assert phone.store(f"{team}a.ics", meeting()).status_code == 201
    bob = dav_of("bob")
    assert bob.store(f"{team}a.ics", meeting(summary="By Bob")).status_code == 204
    assert Event.get(Event.uid == "m-1").owner_id == phone.me.id
    assert dav_of("charlie").get(f"{team}a.ics").status_code == 404


def test_a_reader_reads_their_home_and_writes_nothing(dav_of):
    rita = dav_of("rita")
    assert rita.store("events/a.ics", meeting()).status_code == 403
    assert make(rita, "new/").status == 403
    (found,) = rita.ask("events/", "D:current-user-privilege-set").found
    privileges = {child.tag for one in found.props["{DAV:}current-user-privilege-set"] for child in one}
    assert "{DAV:}read" in privileges and "{DAV:}write" not in privileges


def test_a_calendar_of_the_account_cannot_be_deleted_by_rule_either(phone):
    with pytest.raises(ValueError, match="cannot be deleted"):
        calendars.delete(phone.calendar(), phone.me)
