"""Events: planned on the web, sent by phones, read back as columns; the text stays the truth."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.errors import Forbidden, Invalid, Missing, Stale
from crmlite.ics.read import Refusal, read
from crmlite.models.calendars import Calendar, Share, Tombstone
from crmlite.models.events import Event, Occurrence
from crmlite.models.journal import Entry
from crmlite.rules import access, calendars, events, gate, journal
from crmlite.rules.access import Actor
from tests import make, people

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def text(uid: str = "m-1", *lines: str, component: str = "VEVENT", alarm: str = "") -> str:
    """A calendar text as a phone would send it."""
    body = [f"BEGIN:{component}", f"UID:{uid}", "DTSTAMP:20261101T080000Z", *lines]
    if alarm:
        body += ["BEGIN:VALARM", "ACTION:AUDIO", f"TRIGGER:{alarm}", "X-SOUND:bell", "END:VALARM"]
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//test//EN",
            *body,
            f"END:{component}",
            "END:VCALENDAR",
            "",
        ]
    )


def meeting(uid: str = "m-1", start: str = "20261123T100000", *more: str, alarm: str = "") -> str:
    return text(uid, "SUMMARY:Visit", f"DTSTART;TZID=Europe/Paris:{start}", "DURATION:PT1H", *more, alarm=alarm)


def calendar_of(by: Actor, kind: str = "events") -> Calendar:
    return calendars.personal(by.id, kind)


def team_calendar(by: Actor) -> Calendar:
    return Calendar.get(Calendar.team == by.active_team_id)


def plan(by: Actor, **values) -> Event:
    return events.save(None, {"kind": "meeting", "subject": "Visit", "starts_at": MONDAY, **values}, by)


def test_a_meeting_is_planned_in_the_calendar_of_its_creator(alice):
    event = plan(alice, alarm_minutes=15, location="Quai 7")
    assert (event.calendar_id, event.owner_id, event.team_id) == (
        calendar_of(alice).id,
        alice.id,
        alice.active_team_id,
    )
    assert (event.starts_at, event.ends_at, event.alarm_minutes) == (MONDAY, MONDAY + HOUR, 15)
    assert "DTSTART;TZID=Europe/Paris:20261123T100000" in event.ics and "TRIGGER:-PT15M" in event.ics
    assert (event.kind, event.status, event.component) == ("meeting", "planned", "VEVENT")


def test_a_task_goes_into_the_task_list(alice):
    task = events.save(None, {"kind": "task", "subject": "Offer", "due_date": date(2026, 11, 30), "priority": 3}, alice)
    assert (task.calendar_id, task.component, task.status) == (
        calendar_of(alice, "tasks").id,
        "VTODO",
        "not_started",
    )
    assert "DUE;VALUE=DATE:20261130" in task.ics and "PRIORITY:3" in task.ics and task.all_day


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"starts_at": None}, "starts_at"),
        ({"ends_at": MONDAY - HOUR}, "ends_at"),
        ({"all_day": True, "start_date": date(2026, 11, 23), "end_date": date(2026, 11, 22)}, "end_date"),
        ({"calendar": 987654}, "calendar"),
        ({"lead": 987654}, "lead"),
        ({"kind": "party"}, "kind"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_the_field(alice, values, field):
    before = Event.select().count()
    with pytest.raises(Invalid) as refused:
        plan(alice, **values)
    assert field in refused.value.fields
    assert Event.select().count() == before


def test_a_web_edit_keeps_what_the_phone_wrote(alice):
    sent = meeting("m-1", "20261123T100000", 'X-ODD;A="b:c":1', "COLOR:teal", alarm="-PT10M")
    event = events.receive(calendar_of(alice), "a.ics", sent, alice)
    assert event.ics == sent
    events.save(event, {"subject": "Visit at the quay", "alarm_minutes": 30}, alice, seen=event.version)
    for line in (
        'X-ODD;A="b:c":1',
        "COLOR:teal",
        "X-SOUND:bell",
        "TRIGGER:-PT30M",
        "SUMMARY:Visit at the quay",
    ):
        assert line in event.ics
    assert event.alarm_minutes == 30


def test_links_survive_an_edit_on_the_phone(alice):
    lead = make.make_lead(alice)
    event = plan(alice, lead=lead.id)
    moved = event.ics.replace("T100000", "T113000").replace("T110000", "T123000")
    again = events.receive(event.calendar, event.href, moved, alice)
    assert (again.id, again.lead_id, again.starts_at) == (event.id, lead.id, MONDAY + timedelta(minutes=90))
    assert Entry.select().where(Entry.record_id == event.id).order_by(Entry.id.desc()).first().verb == "rescheduled"


def test_the_same_text_again_changes_nothing(alice):
    event = events.receive(calendar_of(alice), "a.ics", meeting(), alice)
    seq, version = Calendar.get_by_id(event.calendar_id).seq, event.version
    again = events.receive(calendar_of(alice), "a.ics", meeting(), alice)
    assert (Calendar.get_by_id(event.calendar_id).seq, again.version) == (seq, version)


def test_linking_does_not_disturb_the_phones(alice):
    event = plan(alice)
    seq = Calendar.get_by_id(event.calendar_id).seq
    events.save(event, {"lead": make.make_lead(alice).id}, alice)
    assert Calendar.get_by_id(event.calendar_id).seq == seq


def test_a_uid_is_taken_once_in_a_calendar(alice):
    events.receive(calendar_of(alice), "a.ics", meeting(), alice)
    with pytest.raises(events.TwinUid) as refused:
        events.receive(calendar_of(alice), "b.ics", meeting(), alice)
    assert refused.value.href == "a.ics"
    with pytest.raises(events.TwinUid):
        events.receive(calendar_of(alice), "a.ics", meeting("another"), alice)


def test_a_deleted_event_may_come_again_with_its_links(alice):
    lead = make.make_lead(alice)
    event = plan(alice, lead=lead.id)
    events.delete(event, alice)
    again = events.receive(event.calendar, event.href, event.ics, alice)
    assert again.id != event.id and again.lead_id == lead.id


def test_a_task_list_refuses_events(alice):
    with pytest.raises(Refusal) as refused:
        events.receive(calendar_of(alice, "tasks"), "a.ics", meeting(), alice)
    assert refused.value.condition == "supported-calendar-component"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("STATUS:NEEDS-ACTION",), "not_started"),
        (("STATUS:IN-PROCESS",), "ongoing"),
        (("STATUS:COMPLETED",), "finished"),
        (("STATUS:CANCELLED",), "cancelled"),
        (("PERCENT-COMPLETE:100",), "finished"),
        (("COMPLETED:20261101T080000Z",), "finished"),
        ((), "not_started"),
    ],
)
def test_a_to_do_of_the_phone_says_how_far_it_is(alice, lines, status):
    task = events.receive(
        calendar_of(alice, "tasks"), "t.ics", text("t", "SUMMARY:Call back", *lines, component="VTODO"), alice
    )
    assert task.status == status


def test_pending_stays_while_the_phone_agrees(alice):
    task = events.save(None, {"kind": "task", "subject": "Offer", "status": "pending"}, alice)
    assert "STATUS:IN-PROCESS" in task.ics
    again = events.receive(task.calendar, task.href, task.ics.replace("Offer", "Offer 2"), alice)
    assert again.status == "pending"
    again = events.receive(task.calendar, task.href, again.ics.replace("IN-PROCESS", "COMPLETED"), alice)
    assert again.status == "finished"


@pytest.mark.parametrize(("said", "priority"), [(1, 4), (2, 3), (4, 3), (5, 2), (0, 2), (6, 1), (9, 1)])
def test_priorities_of_the_phone(alice, said, priority):
    task = events.receive(calendar_of(alice, "tasks"), "t.ics", text("t", f"PRIORITY:{said}", component="VTODO"), alice)
    assert task.priority == priority


def test_a_finished_task_is_ticked_on_the_phone_and_can_be_reopened(alice):
    task = events.save(None, {"kind": "task", "subject": "Offer"}, alice)
    events.finish(task, alice)
    assert "STATUS:COMPLETED" in task.ics and task.percent == 100 and task.completed_at
    with pytest.raises(Invalid):
        events.finish(task, alice)
    events.reopen(task, alice)
    assert task.status == "not_started" and task.completed_at is None and "COMPLETED" not in task.ics


def test_a_realized_meeting_stays_realized_when_the_phone_touches_it(alice):
    event = events.finish(plan(alice), alice)
    again = events.receive(event.calendar, event.href, event.ics.replace("Visit", "Visit 2"), alice)
    assert again.status == "realized"
    again = events.receive(event.calendar, event.href, again.ics.replace("CONFIRMED", "CANCELLED"), alice)
    assert again.status == "cancelled"


@pytest.mark.parametrize(
    ("lines", "kind"), [((), "meeting"), (("CATEGORIES:Call",), "call"), (("X-CRMLITE-KIND:event",), "event")]
)
def test_the_kind_of_what_a_phone_makes(alice, lines, kind):
    assert events.receive(calendar_of(alice), "a.ics", meeting("m", "20261123T100000", *lines), alice).kind == kind


def test_a_guest_with_one_record_links_the_event(alice):
    partner = make.make_partner(alice)
    contact = make.make_contact(alice, email="moreau@harbour.example", partner=partner.id)
    guest = "ATTENDEE;CN=Moreau:mailto:Moreau@harbour.example"
    event = events.receive(calendar_of(alice), "a.ics", meeting("m", "20261123T100000", guest), alice)
    assert (event.contact_id, event.partner_id) == (contact.id, partner.id)


def test_a_guest_with_two_records_links_nothing(alice):
    for name in ("Moreau", "Morel"):
        make.make_contact(alice, name, email="office@harbour.example")
    guest = "ATTENDEE:mailto:office@harbour.example"
    event = events.receive(calendar_of(alice), "a.ics", meeting("m", "20261123T100000", guest), alice)
    assert event.contact_id is None


def test_a_hidden_record_is_never_linked(alice, charlie):
    make.make_contact(charlie, email="secret@harbour.example")
    guest = "ATTENDEE:mailto:secret@harbour.example"
    event = events.receive(calendar_of(alice), "a.ics", meeting("m", "20261123T100000", guest), alice)
    assert event.contact_id is None


def test_an_opportunity_brings_its_partner(alice):
    partner = make.make_partner(alice)
    opportunity = make.make_opportunity(alice, partner=partner.id)
    assert plan(alice, opportunity=opportunity.id).partner_id == partner.id


def test_two_people_changing_different_fields_both_win(alice, carol):
    event = plan(alice)
    seen = event.version
    form = {"subject": "Visit", "location": "", "starts_at": MONDAY, "ends_at": MONDAY + HOUR}
    events.save(event, {**form, "location": "Quai 7"}, carol, seen=seen)
    events.save(event, {**form, "subject": "Big visit"}, alice, seen=seen)
    assert (event.subject, event.location) == ("Big visit", "Quai 7")


def test_two_people_changing_the_same_field_are_asked(alice, carol):
    event = plan(alice)
    seen = event.version
    events.save(event, {"location": "Quai 7"}, carol, seen=seen)
    with pytest.raises(Stale) as stale:
        events.save(event, {"location": "Quai 8"}, alice, seen=seen)
    assert stale.value.theirs["location"].value == "Quai 7"


def test_a_moved_meeting_keeps_its_length(alice):
    event = plan(alice, ends_at=MONDAY + 2 * HOUR)
    events.save(event, {"starts_at": MONDAY + HOUR}, alice)
    assert event.ends_at == MONDAY + 3 * HOUR


def test_undo_takes_a_move_back_and_tells_the_phones(alice):
    event = plan(alice)
    with gate.together() as gesture:
        events.save(event, {"starts_at": MONDAY + HOUR}, alice)
    seq = Calendar.get_by_id(event.calendar_id).seq
    journal.undo(gesture, alice)
    fresh = Event.get_by_id(event.id)
    assert fresh.starts_at == MONDAY and read(fresh.ics, "UTC").starts_at == MONDAY
    assert fresh.seq == Calendar.get_by_id(event.calendar_id).seq > seq


def test_undo_of_a_creation_takes_the_event_from_the_phones(alice):
    with gate.together() as gesture:
        event = plan(alice)
    journal.undo(gesture, alice)
    assert Tombstone.get(Tombstone.href == event.href).calendar_id == event.calendar_id


def weekly(by: Actor) -> Event:
    return plan(by, rrule="FREQ=WEEKLY;COUNT=4")


def turn_starts(event: Event) -> list[datetime]:
    rows = Occurrence.select().where(Occurrence.event == event.id).order_by(Occurrence.starts_at)
    return [row.starts_at for row in rows]


def recurrence(event: Event, number: int) -> str:
    rows = Occurrence.select().where(Occurrence.event == event.id).order_by(Occurrence.starts_at)
    return list(rows)[number].recurrence_id


WEEK = timedelta(days=7)


def test_one_turn_is_moved_alone(alice):
    event = weekly(alice)
    start = MONDAY + WEEK
    events.save(
        event,
        {"starts_at": start + HOUR, "ends_at": start + 2 * HOUR},
        alice,
        None,
        "this",
        recurrence(event, 1),
    )
    assert turn_starts(event) == [MONDAY, start + HOUR, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK]
    assert event.starts_at == MONDAY


def test_the_whole_series_moves_with_one_turn(alice):
    event = weekly(alice)
    start = MONDAY + WEEK
    events.save(
        event,
        {"starts_at": start + HOUR, "ends_at": start + 2 * HOUR},
        alice,
        None,
        "all",
        recurrence(event, 1),
    )
    assert turn_starts(event) == [MONDAY + HOUR + n * WEEK for n in range(4)]


def test_this_and_the_following_turns_become_their_own(alice):
    event = weekly(alice)
    values = {
        "starts_at": MONDAY + 2 * WEEK + HOUR,
        "ends_at": MONDAY + 2 * WEEK + 2 * HOUR,
        "subject": "New hour",
    }
    begun = events.save(event, values, alice, None, "following", recurrence(event, 2))
    assert turn_starts(Event.get_by_id(event.id)) == [MONDAY, MONDAY + WEEK]
    assert turn_starts(begun) == [MONDAY + HOUR + 2 * WEEK, MONDAY + HOUR + 3 * WEEK]
    assert begun.uid != event.uid and begun.subject == "New hour" and begun.owner_id == alice.id


def test_the_following_of_the_first_turn_are_all(alice):
    event = weekly(alice)
    same = events.save(event, {"subject": "All"}, alice, None, "following", recurrence(event, 0))
    assert same.id == event.id and event.subject == "All" and len(turn_starts(event)) == 4


def test_one_turn_is_deleted_alone(alice):
    event = weekly(alice)
    events.delete(event, alice, None, "this", recurrence(event, 1))
    assert turn_starts(event) == [MONDAY, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK]
    events.delete(event, alice, None, "following", recurrence(event, 1))
    assert turn_starts(event) == [MONDAY]
    assert Event.get_by_id(event.id).deleted_at is None


def test_a_meeting_becomes_a_task_and_back(alice):
    event = plan(alice, lead=make.make_lead(alice).id)
    lead = event.lead_id
    events.save(event, {"kind": "task"}, alice)
    assert (event.component, event.status, event.due_at) == ("VTODO", "not_started", MONDAY)
    assert event.calendar_id == calendar_of(alice, "tasks").id and event.lead_id == lead
    assert Tombstone.get(Tombstone.calendar == calendar_of(alice).id).href == event.href
    events.save(event, {"kind": "call"}, alice)
    assert (event.component, event.status, event.starts_at) == ("VEVENT", "planned", MONDAY)


def test_a_meeting_moves_to_the_calendar_of_the_team(alice, bob):
    event = plan(alice)
    events.move_to(event, team_calendar(alice), alice)
    assert event.calendar_id == team_calendar(alice).id and event.owner_id == alice.id
    assert Tombstone.select().where(Tombstone.calendar == calendar_of(alice).id).count() == 1
    events.take(event, bob)
    assert event.owner_id == bob.id and event.calendar_id == team_calendar(alice).id


def test_a_manager_hands_a_meeting_over_and_it_moves_to_that_phone(alice, bob, carol):
    event = plan(alice)
    events.save(event, {"owner": bob.id}, carol)
    assert (event.calendar_id, event.owner_id) == (calendar_of(bob).id, bob.id)


def test_a_rep_does_not_plan_in_the_calendar_of_another(alice, bob):
    with pytest.raises(Invalid) as refused:
        plan(alice, owner=bob.id)
    assert "owner" in refused.value.fields
    with pytest.raises((Invalid, Forbidden)):
        plan(alice, calendar=calendar_of(bob).id)


def test_a_mate_reads_but_does_not_change(alice, bob):
    event = plan(alice)
    assert access.find(Event, event.id, bob)
    with pytest.raises(Forbidden):
        events.save(event, {"subject": "Mine now"}, bob)
    with pytest.raises(Forbidden):
        events.delete(event, bob)


def test_a_stranger_sees_nothing(alice, charlie):
    event = plan(alice)
    with pytest.raises(Missing):
        access.find(Event, event.id, charlie)
    assert events.between(MONDAY, MONDAY + HOUR, charlie) == []
    with pytest.raises(Forbidden):
        events.receive(calendar_of(alice), event.href, event.ics.replace("Visit", "Mine"), charlie)


def test_a_private_event_shows_as_busy_to_mates(alice, bob, carol):
    event = plan(alice, private=True, location="Clinic", lead=make.make_lead(alice).id)
    for other in (bob, carol):
        (turn,) = events.between(MONDAY, MONDAY + HOUR, other)
        assert (turn.subject, turn.location, turn.lead_id, turn.hidden) == ("Busy", "", None, True)
        with pytest.raises(Missing):
            access.find(Event, event.id, other)
    (own,) = events.between(MONDAY, MONDAY + HOUR, alice)
    assert own.subject == "Visit" and not own.hidden


def test_a_private_event_in_the_team_calendar_is_busy_too(alice, bob):
    event = plan(alice, private=True, calendar=team_calendar(alice).id, free=True)
    (turn,) = events.between(MONDAY, MONDAY + HOUR, bob)
    assert turn.subject == "Available"
    with pytest.raises(Missing):
        access.find(Event, event.id, bob)


def test_a_guest_sees_inside_a_private_event(alice, bob):
    guest = f"ATTENDEE:mailto:{people.email('bob')}"
    events.receive(calendar_of(alice), "a.ics", meeting("m", "20261123T100000", "CLASS:PRIVATE", guest), alice)
    (turn,) = events.between(MONDAY, MONDAY + HOUR, bob)
    assert turn.subject == "Visit"


def test_the_window_holds_what_reaches_into_it(alice):
    plan(alice, subject="Before", starts_at=MONDAY - 2 * HOUR, ends_at=MONDAY)
    plan(alice, subject="Over midnight", starts_at=MONDAY - 20 * HOUR, ends_at=MONDAY + HOUR)
    plan(
        alice,
        subject="Half the year",
        starts_at=MONDAY - timedelta(days=200),
        ends_at=MONDAY + timedelta(days=1),
    )
    plan(alice, subject="At the end", starts_at=MONDAY + HOUR)
    plan(alice, subject="A moment", starts_at=MONDAY, ends_at=MONDAY)
    found = [turn.subject for turn in events.between(MONDAY, MONDAY + HOUR, alice)]
    assert found == ["Half the year", "Over midnight", "A moment"]


def test_the_window_holds_tasks_that_are_due(alice):
    events.save(None, {"kind": "task", "subject": "Due", "due_at": MONDAY}, alice)
    events.save(None, {"kind": "task", "subject": "Some day"}, alice)
    assert [turn.subject for turn in events.between(MONDAY, MONDAY + HOUR, alice)] == ["Due"]


def test_the_window_holds_each_turn(alice):
    event = weekly(alice)
    turns = events.between(MONDAY, MONDAY + 2 * WEEK, alice)
    assert [turn.starts_at for turn in turns] == [MONDAY, MONDAY + WEEK]
    assert [turn.recurrence_id for turn in turns] == [recurrence(event, 0), recurrence(event, 1)]


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Europe/Paris", "Pacific/Tongatapu"])
def test_a_whole_day_stays_on_its_day_in_every_zone(alice, olive, zone):
    day = date(2026, 11, 24)
    plan(alice, starts_at=None, all_day=True, start_date=day, end_date=day + timedelta(days=1))
    gate.change(people.user("olive"), {"zone": zone}, olive)
    reader = access.actor(olive.id, "web")
    assert events.between(*clock.day_bounds(day, zone), reader)[0].start_date == day
    assert events.between(*clock.day_bounds(day - timedelta(days=1), zone), reader) == []
    assert events.between(*clock.day_bounds(day + timedelta(days=1), zone), reader) == []


def test_nine_o_clock_stays_nine_across_the_clock_change(alice):
    start = datetime(2026, 10, 20, 7, 0, tzinfo=UTC)
    plan(alice, starts_at=start, rrule="FREQ=WEEKLY;COUNT=2")
    turns = events.between(start, start + 2 * WEEK, alice)
    assert [clock.to_wall(turn.starts_at, "Europe/Paris").hour for turn in turns] == [9, 9]


def test_only_the_wanted_calendars_and_people(alice, bob):
    plan(alice, subject="Hers")
    plan(bob, subject="His")
    plan(alice, subject="Ours", calendar=team_calendar(alice).id)
    window = (MONDAY, MONDAY + HOUR, alice)
    assert [t.subject for t in events.between(*window)] == ["Hers", "His", "Ours"]
    assert [t.subject for t in events.between(*window, calendars=[team_calendar(alice).id])] == ["Ours"]
    assert [t.subject for t in events.between(*window, calendars=[], owners=[bob.id])] == ["His"]


def test_busy_times_of_several_people(alice, bob):
    plan(alice, private=True)
    plan(bob, starts_at=MONDAY + HOUR, rrule="FREQ=DAILY;COUNT=2")
    events.cancel(plan(alice, starts_at=MONDAY + 2 * HOUR), alice)
    plan(alice, starts_at=MONDAY + 3 * HOUR, free=True)
    spans = events.busy_between([alice.id, bob.id], MONDAY, MONDAY + 4 * HOUR, alice)
    assert [(span.owner_id, span.starts_at) for span in spans] == [
        (alice.id, MONDAY),
        (bob.id, MONDAY + HOUR),
    ]


def test_a_shared_calendar_is_written_to_in_the_name_of_its_owner(alice, bob):
    calendar = calendar_of(alice)
    share = gate.create(Share, {"calendar": calendar.id, "user": bob.id, "right": "read"}, alice)
    with pytest.raises(Forbidden):
        events.receive(calendar, "b.ics", meeting(), bob)
    gate.change(share, {"right": "write"}, alice)
    assert events.receive(calendar, "b.ics", meeting(), bob).owner_id == alice.id


def test_one_turn_sent_alone_does_not_take_the_place_of_the_series(alice):
    event = weekly(alice)
    alone = meeting(event.uid, "20261130T150000", "RECURRENCE-ID;TZID=Europe/Paris:20261130T100000")
    with pytest.raises(Refusal) as refused:
        events.receive(event.calendar, event.href, alone, alice)
    assert refused.value.condition == "valid-calendar-object-resource"
    assert len(turn_starts(event)) == 4
    lone = alone.replace(event.uid, "invited")
    first = events.receive(event.calendar, "lone.ics", lone, alice)
    again = events.receive(event.calendar, "lone.ics", lone.replace("T150000", "T160000"), alice)
    assert (again.id, again.starts_at.hour) == (first.id, 15)


def test_whole_days_follow_their_owner_into_another_zone(alice):
    day = date(2026, 11, 24)
    once = plan(alice, starts_at=None, all_day=True, start_date=day, end_date=day + timedelta(days=1))
    turning = plan(
        alice,
        starts_at=None,
        all_day=True,
        start_date=day,
        end_date=day + timedelta(days=1),
        rrule="FREQ=DAILY;COUNT=2",
    )
    seq, version = Calendar.get_by_id(once.calendar_id).seq, once.version
    gate.change(people.user("alice"), {"zone": "Pacific/Auckland"}, access.actor(alice.id, "web"))
    row = Event.get_by_id(once.id)
    assert row.starts_at == clock.day_bounds(day, "Pacific/Auckland")[0] and row.version == version
    assert turn_starts(turning)[0] == row.starts_at
    assert Calendar.get_by_id(once.calendar_id).seq == seq
    reader = access.actor(alice.id, "web")
    turns = events.between(*clock.day_bounds(day, "Pacific/Auckland"), reader)
    assert [turn.start_date for turn in turns] == [day, day]


@pytest.fixture
def olive(db) -> Actor:
    return access.actor(people.user("olive").id, "web")
