"""Coming in, and setting the house up: sign-in, first visit, lists, stages, people, devices, profile."""

import re

import pytest
from playwright.sync_api import expect

from crmlite.models.choices import Stage
from crmlite.models.users import User
from crmlite.rules import choices, devices, directory, users
from e2e.conftest import accessible
from tests import people
from tests.make import choice, make_lead, make_opportunity, stage

PAGES = (
    "/settings",
    "/profile",
    "/devices",
    "/stages",
    "/choices/lost_reason",
    "/choices/event_category",
    "/users",
    "/teams",
    "/settings/organisation",
    "/settings/visibility",
    "/users/form",
    "/stages/form",
)


def drag(page, grip, target):
    """As a hand does: the last bit slowly, when the rows have made room."""
    page.mouse.move(*middle(grip))
    page.mouse.down()
    x, y = middle(target)
    page.mouse.move(x, y, steps=12)
    page.wait_for_timeout(250)
    page.mouse.move(x, y - 12, steps=4)
    page.mouse.up()


def middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def names(kind: str) -> list[str]:
    return [one.name for one in choices.of_kind(kind)]


def test_somebody_signs_in_reaches_the_page_they_wanted_and_signs_out(page_of, alice):
    make_lead(alice, "Costa")
    page = page_of()
    page.goto("/leads?view=all")
    expect(page.get_by_label("E-mail")).to_be_focused()
    accessible(page)
    page.keyboard.type("alice@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    accessible(page)
    expect(page.get_by_label("E-mail")).to_have_value("alice@example.com")
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/leads\?view=all$"))
    page.get_by_label("account of Alice Arden").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/leads")
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_first_visitor_becomes_the_owner(page_of, db, script):
    for table in (
        "memberships",
        "shares",
        "calendars",
        "teams",
        "stages",
        "pipelines",
        "choices",
        "entries",
        "users",
    ):
        db.execute_sql(f"DELETE FROM {table}")
    db.execute_sql("UPDATE counters SET value = value + 1 WHERE name = 'directory'")
    directory.forget()
    page = page_of(java_script_enabled=script)
    page.goto("/")
    expect(page.get_by_role("heading", name="Welcome to crmlite")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Paris" if script else "UTC")
    if script:
        accessible(page)
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_label("E-mail").fill("olga@example.com")
    page.get_by_label("Password").fill("a fresh passphrase")
    page.get_by_label("Currency").select_option("CHF")
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url(re.compile(r"/$"))
    owner = User.get()
    assert (owner.name, owner.role, owner.zone) == (
        "Olga Owner",
        "owner",
        "Europe/Paris" if script else "UTC",
    )
    assert directory.current().currency == "CHF"


def test_a_list_is_renamed_ordered_and_retired_in_place(page_of, carol):
    page = page_of("carol")
    page.goto("/choices/opportunity_type")
    name = page.get_by_label("Name of Existing")
    name.fill("Existing customer")
    name.press("Enter")
    expect(page.get_by_label("Name of Existing customer")).to_be_visible()
    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_label("New opportunity type").fill("Renewal")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of Renewal")).to_be_visible()
    page.get_by_role("button", name="Move Renewal up").click()
    expect(page.locator(".items > li").nth(2).get_by_role("textbox")).to_have_value("Renewal")
    expect(page.get_by_role("button", name="Move Renewal up")).to_be_focused()
    page.get_by_label("More for Recurring").click()
    page.get_by_role("button", name="Retire").click()
    expect(page.get_by_role("list", name="Retired opportunity types")).to_contain_text("not in use")
    assert names("opportunity_type") == ["New", "Existing customer", "Renewal", "Recurring"]
    assert choice("opportunity_type", "Recurring").retired
    accessible(page)


def test_a_refused_name_stays_in_its_field_with_the_reason(page_of, carol):
    page = page_of("carol")
    page.goto("/choices/source")
    page.get_by_label("Name of Seminar").fill("Website")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of Seminar")).to_have_value("Website")
    expect(page.get_by_label("Name of Seminar")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("in this list already")).to_be_visible()
    accessible(page)


def test_a_list_is_put_into_order_by_dragging(page_of, carol):
    page = page_of("carol")
    page.goto("/choices/opportunity_type")
    with page.expect_response(re.compile("/order$")) as answer:
        drag(page, page.locator(".grip").nth(2), page.locator(".grip").nth(0))
    assert answer.value.status == 200
    expect(page.locator(".items > li").nth(0).get_by_role("textbox")).to_have_value("Recurring")
    assert names("opportunity_type")[0] == "Recurring"


def test_a_stage_is_changed_in_a_dialog_and_retired_with_its_cards(page_of, carol):
    make_opportunity(carol)
    page = page_of("carol", reduced_motion="reduce")
    page.goto("/stages")
    page.get_by_role("link", name="Negotiation").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Negotiation").click()
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Probability in percent").fill("much")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Probability in percent")).to_have_value("much")
    expect(dialog.get_by_text("Please enter a percentage")).to_be_visible()
    accessible(page)
    dialog.get_by_label("Probability in percent").fill("80")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".stage", has_text="Negotiation")).to_contain_text("80 %")
    page.get_by_label("More for New", exact=True).click()
    page.get_by_role("link", name="Retire…").click()
    expect(dialog).to_contain_text("1 opportunity stands in “New”")
    dialog.get_by_label("Move them to").select_option(label="Qualification")
    dialog.get_by_role("button", name="Move and retire").click()
    expect(page.get_by_role("status")).to_contain_text("“New” is retired")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("list", name="Stages of Sales pipeline")).to_contain_text("New")
    assert not stage("New").retired and Stage.select().count() == 6


def test_an_owner_lets_a_colleague_in_who_then_changes_the_password(page_of, db):
    page = page_of("olive", reduced_motion="reduce")
    page.goto("/users")
    page.get_by_role("link", name="New person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Dora Dahl")
    dialog.get_by_label("E-mail").fill("dora@example.com")
    dialog.get_by_label("North").check()
    accessible(page)
    dialog.get_by_role("button", name="Add person").click()
    password = dialog.locator("#new-password").inner_text()
    accessible(page)
    dialog.get_by_role("link", name="Done").click()
    expect(page.get_by_role("list", name="People")).to_contain_text("dora@example.com")

    other = page_of()
    other.goto("/profile")
    other.get_by_label("E-mail").fill("dora@example.com")
    other.get_by_label("Password").fill(password)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_label("Present password").fill(password)
    other.get_by_label("New password").fill("a fresh passphrase")
    other.get_by_label("The same again").fill("a fresh passphrase")
    other.get_by_role("button", name="Change password").click()
    expect(other.get_by_role("status")).to_contain_text("Your password is changed")
    assert users.sign_in("dora@example.com", "a fresh passphrase", "192.0.2.1").name == "Dora Dahl"


def test_a_device_gets_its_password_and_loses_it(page_of, bob):
    page = page_of("bob")
    page.goto("/devices")
    page.get_by_label("Name of the device").fill("Bob’s phone")
    page.get_by_role("button", name="Make a password").click()
    password = page.locator("#device-password").inner_text()
    expect(page.get_by_role("button", name="Copy the password")).to_be_visible()
    accessible(page)
    assert devices.let_in("bob@example.com", password, "192.0.2.1", "Phone")
    page.get_by_role("group").filter(has_text="Thunderbird").locator("summary").click()
    expect(page.get_by_text("On the Network")).to_be_visible()
    page.goto("/devices")
    page.get_by_role("button", name="Revoke Bob’s phone").click()
    expect(page.get_by_text("can no longer sync")).to_be_visible()
    assert devices.let_in("bob@example.com", password, "192.0.2.1", "Phone") is None


def test_the_theme_is_chosen_from_the_account_menu_and_kept(page_of, alice):
    page = page_of("alice")
    page.goto("/profile")
    page.get_by_label("account of Alice Arden").click()
    with page.expect_response(re.compile("/profile/theme$")):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_every_page_is_accessible_and_fits(page_of, db, scheme, width):
    page = page_of("olive", width=width, color_scheme=scheme)
    for path in PAGES:
        page.goto(path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_style_guide_is_accessible(page_of, db):
    page = page_of("olive")
    page.goto("/styleguide")
    expect(page.get_by_role("heading", name="Style guide")).to_be_visible()
    accessible(page)
