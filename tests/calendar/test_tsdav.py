"""The client of JavaScript programs (tsdav, run by Node.js) against the real server, conflicts included."""

from datetime import UTC, datetime

from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.rules import contacts, events
from tests.calendar.conftest import meeting, todo
from tests.calendar.programs import javascript
from tests.calendar.test_card_writes import APPLE
from tests.make import make_contact

CALENDAR = "const calendar = (await client.fetchCalendars()).find((one) => one.displayName === 'Calendar');"
BOOK = "const [addressBook] = await client.fetchAddressBooks();"


def test_it_finds_the_calendars_from_the_bare_host(phone):
    found = javascript(
        phone,
        """return (await client.fetchCalendars()).map((one) => [one.displayName, one.components, one.calendarColor])""",
    )
    assert sorted(name for name, _, _ in found) == ["Calendar", "North", "Tasks"]
    by_name = {name: (components, colour) for name, components, colour in found}
    assert by_name["Tasks"][0] == ["VTODO"] and by_name["Calendar"][0] == ["VEVENT"]
    assert all(len(colour) == 9 for _, colour in by_name.values())


def test_it_makes_changes_and_deletes_events_and_tasks(phone):
    told = javascript(
        phone,
        CALENDAR
        + """
        const tasks = (await client.fetchCalendars()).find((one) => one.components[0] === "VTODO");
        const said = [];
        const put = async (where, filename, iCalString) =>
            said.push((await client.createCalendarObject({ calendar: where, filename, iCalString })).status);
        await put(calendar, "visit.ics", given.event);
        await put(tasks, "call.ics", given.task);
        const [event] = await client.fetchCalendarObjects({ calendar });
        event.data = event.data.replace("T100000", "T150000");
        said.push((await client.updateCalendarObject({ calendarObject: event })).status);
        const [task] = await client.fetchCalendarObjects({ calendar: tasks, filters: given.tasks });
        said.push((await client.deleteCalendarObject({ calendarObject: task })).status);
        return [said, event.data, task.data];
        """,
        event=meeting("from-js"),
        task=todo("task-js"),
        tasks={
            "comp-filter": {"_attributes": {"name": "VCALENDAR"}, "comp-filter": {"_attributes": {"name": "VTODO"}}}
        },
    )
    assert told == [[201, 201, 204, 204], meeting("from-js", "20261123T150000").strip(), todo("task-js").strip()]
    assert Event.get(Event.uid == "from-js").starts_at == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert Event.get(Event.uid == "task-js").deleted_at


def test_what_was_changed_meanwhile_is_not_overwritten(phone):
    row = events.save(
        None, {"kind": "meeting", "subject": "Visit", "starts_at": datetime(2026, 11, 23, 9, tzinfo=UTC)}, phone.me
    )
    stale = {"url": f"{phone.server.url}/dav/{phone.slug}/events/{row.href}", "etag": f'"{row.etag}"', "data": row.ics}
    row = events.save(Event.get_by_id(row.id), {"location": "Quai 7"}, phone.me)
    told = javascript(
        phone,
        CALENDAR
        + """
        const said = [];
        const object = { ...given.stale, data: given.stale.data.replace("Visit", "Trip") };
        said.push((await client.updateCalendarObject({ calendarObject: object })).status);
        said.push((await client.deleteCalendarObject({ calendarObject: object })).status);
        const filename = object.url.split("/").pop();
        said.push((await client.createCalendarObject({ calendar, filename, iCalString: object.data })).status);
        const [fresh] = await client.fetchCalendarObjects({ calendar, objectUrls: [object.url] });
        fresh.data = fresh.data.replace("Visit", "Trip");
        said.push((await client.updateCalendarObject({ calendarObject: fresh })).status);
        return said;
        """,
        stale=stale,
    )
    assert told == [412, 412, 412, 204]
    settled = Event.get_by_id(row.id)
    assert (settled.subject, settled.location, settled.deleted_at) == ("Trip", "Quai 7", None)


def test_it_syncs_with_a_token_both_ways(phone):
    phone.store("events/a.ics", meeting("one"))
    phone.store("events/b.ics", meeting("two"))
    known = javascript(
        phone,
        CALENDAR + "calendar.objects = await client.fetchCalendarObjects({ calendar }); return calendar;",
    )
    assert sorted(one["url"].rsplit("/", 1)[1] for one in known["objects"]) == ["a.ics", "b.ics"]
    row = Event.get(Event.uid == "one")
    events.save(row, {"location": "Quai 7"}, phone.me)
    phone.delete("events/b.ics")
    phone.store("events/c.ics", meeting("three"))
    told = javascript(
        phone,
        """
        const collection = { ...given.known, objectMultiGet: client.calendarMultiGet };
        const { objects } = await client.smartCollectionSync({ collection, detailedResult: true });
        const names = (list) => list.map((one) => one.url.split("/").pop());
        return [names(objects.created), names(objects.updated), names(objects.deleted), objects.updated[0].data];
        """,
        known=known,
    )
    assert told == [["c.ics"], ["a.ics"], ["b.ics"], Event.get_by_id(row.id).ics.strip()]


def test_it_makes_a_calendar(phone):
    told = javascript(
        phone,
        """
        const url = new URL("side/", (await client.fetchCalendars())[0].url.replace(/[^/]+\\/$/, "")).href;
        const [made] = await client.makeCalendar({ url, props: { displayname: "Side project" } });
        const found = (await client.fetchCalendars()).map((one) => one.displayName);
        return [made.status, found];
        """,
    )
    assert told[0] == 201 and "Side project" in told[1]


def test_its_address_book_goes_both_ways_and_a_conflict_is_told(phone, alice):
    one = make_contact(alice, "Moreau", first_name="Ana", phone="+33 4 72 10 48 81")
    told = javascript(
        phone,
        BOOK
        + """
        const [card] = await client.fetchVCards({ addressBook });
        const changed = { ...card, data: card.data.replace("48 81", "48 82") };
        const said = [(await client.updateVCard({ vCard: changed })).status];
        said.push((await client.updateVCard({ vCard: changed })).status);
        said.push((await client.createVCard({ addressBook, filename: "new.vcf", vCardString: given.card })).status);
        const found = await client.fetchVCards({ addressBook });
        return [said, addressBook.displayName, found.length];
        """,
        account="carddav",
        card=APPLE,
    )
    assert told == [[204, 412, 201], "Contacts and customers", 3], "the company of the new card has one too"
    assert Contact.get_by_id(one.id).phone == "+33 4 72 10 48 82"
    contacts.edit(Contact.get_by_id(one.id), {"city": "Lyon"}, alice)
    cards = javascript(
        phone, BOOK + "return (await client.fetchVCards({ addressBook })).map((one) => one.data)", "carddav"
    )
    assert any("Lyon" in card for card in cards) and APPLE.strip() in cards
