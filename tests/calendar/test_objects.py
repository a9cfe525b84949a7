"""Events one by one: put, got, moved and deleted, with exact preconditions."""

import threading

import pytest

from crmlite.models.calendars import Calendar, Tombstone
from crmlite.models.events import Event
from crmlite.models.journal import Entry
from crmlite.rules import events
from tests import make
from tests.calendar.conftest import meeting, todo, wrapped


def test_an_event_comes_back_byte_for_byte_with_its_etag(phone):
    text = meeting("m-1", "20261123T100000", 'X-ODD;A="b:c":1', "LOCATION:Zoë’s\\, Lyon").replace("\r\n", "\n")
    put = phone.store("events/a.ics", text)
    assert put.status_code == 201
    got = phone.get("events/a.ics")
    assert (got.content, got.headers["ETag"]) == (text.encode(), put.headers["ETag"])
    assert got.headers["Content-Type"].startswith("text/calendar")


def test_a_known_event_is_not_sent_again(phone):
    etag = phone.store("events/a.ics", meeting()).headers["ETag"]
    got = phone.get("events/a.ics", headers={"If-None-Match": f'"other", {etag}'})
    assert (got.status_code, got.content, got.headers["ETag"]) == (304, b"", etag)


def test_an_alarm_alone_changes_the_etag(phone):
    first = phone.store("events/a.ics", meeting()).headers["ETag"]
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
    second = phone.store("events/a.ics", meeting("m-1", "20261123T100000", *alarm))
    assert second.status_code == 204 and second.headers["ETag"] != first


@pytest.mark.parametrize(
    "name",
    ["ü.ics", "日本.ics", "a b.ics", "a+b.ics", "a@b.ics", "noend", "50%25.ics", "it's.ics", "a;b,c.ics"],
)
def test_names_of_any_letters(phone, name):
    assert phone.store(f"events/{name}", meeting()).status_code == 201
    assert phone.get(f"events/{name}").status_code == 200
    (href,) = [
        one.href
        for one in phone.ask("events", "D:getetag", depth="1").found
        if "events/" in one.href and not one.href.endswith("/")
    ]
    assert phone.get(href).status_code == 200
    (found,) = phone.changes("events").found
    assert phone.get(found.href).content == meeting().encode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Match": '"wrong"'}, 412),
        ({"If_None_Match": "*"}, 412),
        ({"If_Match": "*"}, 204),
        ({}, 204),
        ({"If_None_Match": '"wrong"'}, 204),
    ],
)
def test_preconditions_of_a_put(phone, headers, status):
    phone.store("events/a.ics", meeting())
    assert phone.store("events/a.ics", meeting(summary="Changed"), **headers).status_code == status
    assert ("Changed" in phone.get("events/a.ics").text) == (status == 204)


def test_if_match_may_be_a_list(phone):
    etag = phone.store("events/a.ics", meeting()).headers["ETag"]
    assert phone.store("events/a.ics", meeting(summary="2"), If_Match=f'"old", {etag}').status_code == 204


def test_if_match_of_what_is_not_there_fails(phone):
    assert phone.store("events/a.ics", meeting(), If_Match="*").status_code == 412
    assert phone.delete("events/a.ics", headers={"If-Match": "*"}).status_code == 404


def test_deleting_keeps_to_the_precondition(phone):
    etag = phone.store("events/a.ics", meeting()).headers["ETag"]
    assert phone.delete("events/a.ics", headers={"If-Match": '"old"'}).status_code == 412
    assert phone.delete("events/a.ics", headers={"If-Match": f'"old", {etag}'}).status_code == 204
    assert phone.get("events/a.ics").status_code == 404


def test_a_deleted_event_is_in_the_bin_and_may_come_again(phone):
    lead = make.make_lead(phone.me)
    phone.store("events/a.ics", meeting())
    events.save(Event.get(Event.uid == "m-1"), {"lead": lead.id}, phone.me)
    phone.delete("events/a.ics")
    assert Event.get(Event.uid == "m-1").deleted_at and Tombstone.get(Tombstone.href == "a.ics")
    assert phone.store("events/a.ics", meeting()).status_code == 201
    assert Event.get((Event.uid == "m-1") & Event.deleted_at.is_null()).lead_id == lead.id
    assert not Tombstone.select().where(Tombstone.href == "a.ics").exists()


def test_the_same_uid_twice_names_the_event_that_has_it(phone):
    phone.store("events/ä.ics", meeting())
    answer = phone.store("events/b.ics", meeting())
    assert answer.status_code == 409
    assert "no-uid-conflict" in answer.text and f"/dav/{phone.slug}/events/%C3%A4.ics" in answer.text
    assert phone.store("events/ä.ics", meeting("other")).status_code == 409


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("no calendar at all", "valid-calendar-data"),
        ("", "valid-calendar-data"),
        (meeting().replace("END:VEVENT\r\n", ""), "valid-calendar-data"),
        (
            meeting("m", "20261123T100000", "DTEND:20261122T100000Z").replace("DURATION:PT1H\r\n", ""),
            "valid-calendar-data",
        ),
        (meeting("m", "20261199T100000"), "valid-calendar-data"),
        (meeting("m", "20261123T100000", "DESCRIPTION:a\x0bb"), "valid-calendar-data"),
        (
            meeting().replace("BEGIN:VEVENT", "METHOD:REQUEST\r\nBEGIN:VEVENT"),
            "valid-calendar-object-resource",
        ),
        (wrapped("VJOURNAL", "UID:j", "DTSTAMP:20261101T080000Z"), "supported-calendar-component"),
        (todo(), "supported-calendar-component"),
        (meeting("m", "20261123T100000", "RRULE:FREQ=SECONDLY"), ""),
        (meeting("m", "20261123T100000", "RRULE:FREQ=MINUTELY;COUNT=3"), ""),
        (meeting("m", "20261123T100000", "RRULE:FREQ=DAILY;INTERVAL=0"), ""),
        (meeting("m", "20261123T100000", "RRULE:FREQ=DAILY;COUNT=1000000"), "max-instances"),
        (meeting("m", "20261123T100000", "RRULE:FREQ=HOURLY"), "max-instances"),
        (meeting("m" * 400), "valid-calendar-data"),
        (meeting("m", "20261123T100000", "DESCRIPTION:" + "x" * 1_050_000), "max-resource-size"),
    ],
)
def test_bad_calendar_text_is_refused_with_its_reason(phone, text, condition):
    before = phone.changes("events").token
    answer = phone.store("events/a.ics", text)
    assert answer.status_code == 403 and f"<C:{condition}" in answer.text and "s:message" in answer.text
    assert phone.changes("events").token == before and phone.get("events/a.ics").status_code == 404


def test_a_body_in_another_encoding_is_read_as_it_says_or_refused(phone):
    text = meeting(summary="Zoë")
    latin = phone.put(
        "events/a.ics",
        data=text.encode("latin-1"),
        headers={"Content-Type": "text/calendar; charset=iso-8859-1"},
    )
    assert latin.status_code == 201 and "Zoë" in phone.get("events/a.ics").content.decode()
    broken = phone.put("events/b.ics", data=text.encode("latin-1"), headers={"Content-Type": "text/calendar"})
    assert broken.status_code == 403 and "valid-calendar-data" in broken.text
    unknown = phone.put("events/b.ics", data=text.encode(), headers={"Content-Type": "text/calendar; charset=klingon"})
    assert unknown.status_code == 403
    card = phone.put("events/b.ics", data=b"BEGIN:VCARD", headers={"Content-Type": "text/vcard"})
    assert card.status_code == 403 and "supported-calendar-data" in card.text


def test_what_libraries_stumble_over_is_taken(phone):
    period = ("RRULE:FREQ=DAILY;COUNT=2", "RDATE;VALUE=PERIOD:20261201T100000Z/PT2H")
    assert phone.store("events/p.ics", meeting("p", "20261123T100000", *period)).status_code == 201
    lone = [
        "\r\n".join(["BEGIN:VEVENT", "UID:o", "DTSTAMP:20261101T080000Z", f"RECURRENCE-ID:202611{day}T090000Z",
                     f"DTSTART:202611{day}T100000Z", "END:VEVENT"])
        for day in (10, 12)
    ]  # fmt: skip
    body = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lone, "END:VCALENDAR", ""])
    assert phone.store("events/o.ics", body).status_code == 201
    windows = meeting("w").replace("TZID=Europe/Paris", "TZID=Romance Standard Time")
    assert phone.store("events/w.ics", windows).status_code == 201
    assert Event.get(Event.uid == "w").tzid == "Europe/Paris"
    assert phone.get("events/w.ics").text == windows


def test_a_private_zone_name_of_one_user_does_not_touch_another(phone, dav_of):
    def zoned(uid, offset):
        zone = ["BEGIN:VTIMEZONE", "TZID:Office", "BEGIN:STANDARD", "DTSTART:19700101T000000",
                f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE"]  # fmt: skip
        return (
            meeting(uid)
            .replace("TZID=Europe/Paris", "TZID=Office")
            .replace("BEGIN:VEVENT", "\r\n".join([*zone, "BEGIN:VEVENT"]))
        )

    phone.store("events/a.ics", zoned("z-1", "+0900"))
    dav_of("bob").store("events/a.ics", zoned("z-2", "-0500"))
    assert Event.get(Event.uid == "z-1").starts_at.hour == 1
    assert Event.get(Event.uid == "z-2").starts_at.hour == 15


def test_an_event_moves_to_another_name(phone):
    phone.store("events/a.ics", meeting())
    token = phone.changes("events").token
    moved = phone.request(
        "MOVE", "events/a.ics", headers={"Destination": f"{phone.server.url}/dav/{phone.slug}/events/b.ics"}
    )
    assert moved.status_code == 201
    assert (phone.changes("events", token).names, phone.changes("events", token).gone) == (
        ["b.ics"],
        ["a.ics"],
    )


def test_an_event_moves_into_the_calendar_of_the_team(phone):
    lead = make.make_lead(phone.me)
    phone.store("events/a.ics", meeting())
    events.save(Event.get(Event.uid == "m-1"), {"lead": lead.id}, phone.me)
    team = next(name for name in phone.ask("", "D:displayname", depth="1").names if name.startswith("team-"))
    tokens = phone.changes("events").token, phone.changes(team).token
    moved = phone.request("MOVE", "events/a.ics", headers={"Destination": f"/dav/{phone.slug}/{team}/a.ics"})
    assert moved.status_code == 201
    assert phone.changes("events", tokens[0]).gone == ["a.ics"]
    assert phone.changes(team, tokens[1]).names == ["a.ics"]
    assert Event.get(Event.uid == "m-1").lead_id == lead.id


def test_a_move_onto_itself_changes_nothing(phone):
    phone.store("events/a.ics", meeting())
    moved = phone.request(
        "MOVE", "events/a.ics", headers={"Destination": f"/dav/{phone.slug}/events/a.ics", "Overwrite": "T"}
    )
    assert moved.status_code == 204 and phone.get("events/a.ics").status_code == 200


def test_a_move_overwrites_only_when_allowed(phone):
    phone.store("events/a.ics", meeting("one"))
    phone.store("events/b.ics", meeting("two"))
    to = {"Destination": f"/dav/{phone.slug}/events/b.ics"}
    assert phone.request("MOVE", "events/a.ics", headers={**to, "Overwrite": "F"}).status_code == 412
    assert phone.request("MOVE", "events/a.ics", headers=to).status_code == 204
    assert "UID:one" in phone.get("events/b.ics").text and phone.get("events/a.ics").status_code == 404


@pytest.mark.parametrize(
    ("destination", "status"),
    [
        ("https://elsewhere.example/dav/x/events/b.ics", 502),
        ("/elsewhere/b.ics", 400),
        ("/dav/{slug}/nowhere/b.ics", 409),
        ("/dav/{slug}/tasks/b.ics", 403),
        ("/dav/{other}/events/b.ics", 403),
    ],
)
def test_moves_that_lead_nowhere(phone, destination, status):
    from_bob = "0" * 12
    phone.store("events/a.ics", meeting())
    moved = phone.request(
        "MOVE", "events/a.ics", headers={"Destination": destination.format(slug=phone.slug, other=from_bob)}
    )
    assert moved.status_code == status and phone.get("events/a.ics").status_code == 200


def test_a_put_on_the_calendar_itself_wipes_nothing(phone):
    phone.store("events/a.ics", meeting())
    assert phone.store("events/", meeting("other")).status_code in (403, 409)
    assert phone.store("events", meeting("other")).status_code in (403, 409)
    assert phone.store("", meeting("other")).status_code in (403, 409)
    assert phone.store("nowhere/a.ics", meeting("other")).status_code == 409
    assert phone.changes("events").names == ["a.ics"]


def test_homes_and_calendars_of_the_account_cannot_be_deleted(phone):
    phone.store("events/a.ics", meeting())
    assert phone.delete("").status_code == 403
    assert phone.delete("/dav/").status_code == 403
    assert phone.delete("events/").status_code == 403
    assert phone.changes("events").names == ["a.ics"]


def test_a_whole_calendar_can_be_downloaded(phone):
    phone.store("events/a.ics", meeting("one"))
    phone.store("events/b.ics", meeting("two"))
    got = phone.get("events/")
    assert got.status_code == 200 and got.text.count("BEGIN:VEVENT") == 2 and got.text.count("BEGIN:VCALENDAR") == 1


def test_a_phone_is_the_actor_in_the_history(phone):
    phone.store("events/a.ics", meeting())
    phone.store("events/a.ics", meeting("m-1", "20261123T150000"))
    rows = list(Entry.select().where(Entry.concept == "event").order_by(Entry.id))
    assert [(row.verb, row.door, row.actor_id) for row in rows] == [
        ("created", "caldav", phone.me.id),
        ("rescheduled", "caldav", phone.me.id),
    ]
    assert "T100000" in rows[1].before["ics"]


def test_of_racing_updates_exactly_one_wins(phone):
    etag = phone.store("events/a.ics", meeting()).headers["ETag"]
    statuses: list[int] = []

    def update(number: int) -> None:
        statuses.append(phone.store("events/a.ics", meeting(summary=f"By {number}"), If_Match=etag).status_code)

    threads = [threading.Thread(target=update, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204, *[412] * 7]


def test_sixty_parallel_puts_lose_nothing_while_a_client_syncs(phone):
    seen: set[str] = set()
    statuses: list[int] = []
    done = threading.Event()

    def put(number: int) -> None:
        for one in range(number, 60, 6):
            statuses.append(phone.store(f"events/{one}.ics", meeting(f"u-{one}")).status_code)

    def sync() -> None:
        token = ""
        while True:
            last = done.is_set()
            answer = phone.changes("events", token)
            seen.update(answer.names)
            token = answer.token
            if last:
                return

    writers = [threading.Thread(target=put, args=(number,)) for number in range(6)]
    reader = threading.Thread(target=sync)
    for thread in [*writers, reader]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert statuses == [201] * 60
    assert seen == {f"{number}.ics" for number in range(60)}
    assert Calendar.get_by_id(phone.calendar().id).seq > 60
