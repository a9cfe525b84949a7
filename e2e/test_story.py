"""The main job in one story: desk and phone on the same meeting."""

import re
from datetime import timedelta

import caldav
from playwright.sync_api import expect

from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.rules import devices
from e2e.test_opportunities import card_of, column, drag, names
from tests import people
from tests.make import make_lead, make_opportunity, stage

HOUR = timedelta(hours=1)
ALARM = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Site visit\r\nTRIGGER:-PT20M\r\nX-PHONE:kept\r\nEND:VALARM\r\n"


def test_a_reps_day_from_sign_in_to_the_phone_and_back(page_of, server, alice):
    lead = make_lead(alice, "Costa", first_name="Inês")
    sale = make_opportunity(alice, "Kiln controls", amount=42_000_00, lead=lead.id)
    make_opportunity(alice, "Press", stage=stage("Qualification").id)
    page = page_of()

    page.goto("/leads")
    page.get_by_label("E-mail").fill(people.email("alice"))
    page.get_by_label("Password").first.fill(people.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()

    company = page.locator(f"#lead-{lead.id} > td").nth(1)
    company.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Azenha")
    page.keyboard.press("Enter")
    expect(company).to_have_text("Azenha")
    expect(company).not_to_have_class(re.compile("saving"))
    assert Lead.get_by_id(lead.id).company == "Azenha"

    page.goto("/opportunities/board")
    drag(page, card_of(page, "Kiln controls"), card_of(page, "Press"), below=True)
    expect(names(page, "Qualification")).to_have_text(["Press", "Kiln controls"])
    page.get_by_role("button", name="Undo").click()
    expect(column(page, "New")).to_contain_text("Kiln controls")
    assert Opportunity.get_by_id(sale.id).stage == stage("New")

    page.goto(f"/leads/{lead.id}")
    page.get_by_role("main").get_by_role("link", name="Plan", exact=True).first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Subject").fill("Site visit")
    panel.get_by_label("Starts").fill("2027-03-02")
    panel.get_by_label("At", exact=True).first.fill("10:00")
    panel.get_by_role("button", name="Plan").click()
    expect(page.locator("#timeline")).to_contain_text("Site visit")
    expect(page.locator("#timeline")).to_contain_text("2 Mar 2027 10:00")

    _, password = devices.add_device(people.user("alice"), "Phone", alice)
    with caldav.DAVClient(url=server.url, username=people.email("alice"), password=password) as phone:
        calendars = phone.principal().calendars()
        calendar = next(one for one in calendars if one.get_display_name() == "Calendar")
        event = Event.get(Event.subject == "Site visit")
        found = calendar.event_by_uid(event.uid)
        component = found.icalendar_component
        component["DTSTART"].dt += HOUR
        component["DTEND"].dt += HOUR
        found.save()
        found.data = found.data.replace("\r\n", "\n").replace("\n", "\r\n").replace("END:VEVENT", f"{ALARM}END:VEVENT")
        found.save()

        expect(page.locator("#timeline")).to_contain_text("2 Mar 2027 11:00")
        expect(page.locator("#next")).to_contain_text("reminder 20 minutes before")

        page.locator("#next").get_by_role("link", name="Move").click()
        panel = page.get_by_role("dialog")
        panel.get_by_label("Location").fill("Quai 7")
        panel.get_by_role("button", name="Save").click()
        expect(panel).to_be_hidden()
        found.load()
        assert "LOCATION:Quai 7" in found.data
        assert "TRIGGER:-PT20M" in found.data and "X-PHONE:kept" in found.data
        assert Event.get_by_id(event.id).lead_id == lead.id
