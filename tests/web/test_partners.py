"""Customers over HTTP: their people, their group, how they are reached, to whom they go."""

import re

import pytest

from crmlite.models.addresses import Address
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.models.teams import Team
from crmlite.rules import contacts, hanging, partners, settings
from crmlite.rules.access import actor
from tests import people
from tests.make import make_contact, make_lead, make_partner

PHONE = {"kind": "phone", "use": "home", "value": "+33 4 72 10 48 81"}
ANA = {"first_name": "Ana", "name": "Silva", "email": "ana@example.com", "phone": "0221 55 66 77"}


def changed(partner):
    return Partner.get_by_id(partner.id)


def test_a_prospect_is_made_without_a_lead(client_of, db):
    """SEED-05 SEED-75"""
    answer = client_of("alice").post("/partners", data={"kind": "company", "name": "Direct Ltd", "is_prospect": "1"})
    assert answer.status_code == 303
    made = Partner.get(Partner.name == "Direct Ltd")
    assert made.is_prospect and not made.is_customer


def test_a_partner_is_customer_and_supplier_at_once(client_of, alice):
    """SEED-76"""
    partner = make_partner(alice)
    there = client_of("alice")
    for name in ("is_customer", "is_supplier"):
        assert there.part(f"/partners/{partner.id}/cells/{name}", "POST", data={name: "1"}).status_code == 200
    now = changed(partner)
    assert now.is_customer and now.is_supplier and not now.is_prospect


@pytest.mark.parametrize(
    ("view", "title", "one", "ticked"),
    [
        ("suppliers", "Suppliers", "supplier", "is_supplier"),
        ("prospects", "Prospects", "prospect", "is_prospect"),
        ("customers", "Customers", "customer", "is_customer"),
        ("employees", "Employees", "employee", "is_employee"),
    ],
)
def test_each_list_makes_its_own(client_of, view, title, one, ticked):
    there = client_of("alice")
    page = there.get(f"/partners?view={view}").text
    assert f"<h1>{title}</h1>" in page and f"New {one}" in page and f'"/partners/form?view={view}"' in page
    form = there.get(f"/partners/form?view={view}").text
    assert f"New {one}</h2>" in form
    assert re.findall(r'name="(is_\w+)" value="1" checked', form) == [ticked]
    assert ('<option value="individual" selected' in form) == (view == "employees")


def test_the_group_of_a_company_is_shown_whole(client_of, alice, carol):
    top = make_partner(alice, "Top Holding")
    middle = make_partner(alice, "Middle House", parent=top.id)
    own = make_partner(alice, "Own Company", parent=middle.id)
    sister = make_partner(alice, "Sister Works", parent=own.id)
    make_partner(alice, "Grandchild", parent=sister.id)
    hidden = make_partner(carol, "Hidden Branch", parent=own.id)
    partners.edit(hidden, {"owner": people.user("charlie").id, "team": None}, carol)
    make_partner(carol, "Below Hidden", parent=hidden.id)
    page = client_of("alice").get(f"/partners/{own.id}").text
    tree = page[page.index('class="tree"') :]
    tree = tree[: tree.index("</ul>")]
    assert re.findall(r'class="level-(\d)".*?>([A-Z][\w ]+)<', tree) == [
        ("0", "Top Holding"), ("1", "Middle House"), ("2", "Own Company"), ("3", "Sister Works"), ("4", "Grandchild"),
    ]  # fmt: skip


def test_a_company_has_no_first_name_until_it_is_a_person(client_of, alice):
    partner = make_partner(alice)
    there = client_of("alice")
    assert "First name" not in there.get(f"/partners/{partner.id}/facts").text
    partners.edit(partner, {"kind": "individual"}, alice)
    assert "First name" in there.get(f"/partners/{partner.id}/facts").text


def test_a_company_never_stands_below_itself(client_of, alice):
    top = make_partner(alice, "Top")
    below = make_partner(alice, "Below", parent=top.id)
    answer = client_of("alice").part(f"/partners/{top.id}/cells/parent", "POST", data={"parent": f"Below #{below.id}"})
    assert answer.status_code == 422 and "stands below this one already" in answer.text
    assert changed(top).parent_id is None


def test_a_list_dials_and_writes_to_nobody_who_asked_for_neither(client_of, alice):
    make_partner(alice, "Quiet", phone="0221 55 66 77", email="q@example.com", do_not_call=True, do_not_email=True)
    make_partner(alice, "Open", phone="0221 55 66 78", email="o@example.com")
    page = client_of("alice").get("/partners?view=all").text
    assert "0221 55 66 77" in page and "q@example.com" in page
    assert re.findall(r'href="(?:tel|mailto):([^"]+)"', page) == ["0221556678", "o@example.com"]


def test_an_export_says_who_asked_not_to_be_called_or_mailed(client_of, alice):
    partner = make_partner(alice, "Quiet", phone="0221 55 66 77", email="q@example.com", do_not_call=True)
    there = client_of("alice")
    header, row = there.get("/partners.csv?view=all").text.splitlines()[:2]
    assert header.endswith("Call rejection,E-mail rejection") and row.endswith("Yes,No")
    assert "CATEGORIES:No calls,North\r\n" in there.get(f"/partners/{partner.id}.vcf").content.decode()


def test_planning_with_somebody_who_asked_not_to_be_called_says_so(client_of, alice):
    contact = make_contact(alice, "Moreau", do_not_call=True)
    there = client_of("alice")
    assert "Moreau asked for no calls." in there.get(f"/events/form?kind=call&contact={contact.id}").text
    assert "asked for" not in there.get("/events/form?kind=call").text


def test_prospects_customers_and_suppliers_have_lists_of_their_own(client_of, alice):
    """SEED-78"""
    make_partner(alice, "Prospect Inc")
    make_partner(alice, "Buyer Inc", is_prospect=False, is_customer=True)
    make_partner(alice, "Seller Inc", is_prospect=False, is_supplier=True)
    make_partner(alice, "Worker", kind="individual", is_prospect=False, is_employee=True)
    there = client_of("alice")
    for view, name in (
        ("prospects", "Prospect"),
        ("customers", "Buyer"),
        ("suppliers", "Seller"),
        ("employees", "Worker"),
    ):
        page = there.get(f"/partners?view={view}").text
        assert [one for one in ("Prospect Inc", "Buyer Inc", "Seller Inc", "Worker<") if one in page][0].startswith(
            name
        )


def test_an_employee_is_an_individual_and_nothing_else(client_of, alice):
    person = make_partner(alice, "Worker", kind="individual")
    there = client_of("alice")
    url = f"/partners/{person.id}/cells/is_employee"
    assert there.part(url, "POST", data={"is_employee": "1"}).status_code == 200
    assert changed(person).flags == ["employee"]
    refused = there.part(f"/partners/{make_partner(alice).id}/cells/is_employee", "POST", data={"is_employee": "1"})
    assert refused.status_code == 422 and "Only an individual can be an employee" in refused.text


def test_a_further_phone_is_added_dialled_and_told_on_the_timeline(client_of, alice):
    partner = make_partner(alice)
    there = client_of("alice")
    about = {"about": "partner", "about_id": str(partner.id)}
    assert "Number or address" in there.part(f"/contact-points/form?about=partner&about_id={partner.id}").text
    answer = there.part("/contact-points", "POST", data={**about, **PHONE})
    assert answer.status_code == 200 and "/gestures/" in answer.headers["HX-Trigger"]
    page = there.get(f"/partners/{partner.id}").text
    assert 'href="tel:+33472104881"' in page and "added the further contact detail" in page
    point = hanging.of(ContactPoint, partner, alice)[0]
    assert there.post(f"/contact-points/{point.id}/removal").status_code == 303
    page = there.get(f"/partners/{partner.id}").text
    assert 'href="tel:+33472104881"' not in page and "removed the further contact detail" in page


def test_a_wrong_number_is_told_in_the_form(client_of, alice):
    partner = make_partner(alice)
    data = {"about": "partner", "about_id": str(partner.id), "kind": "phone", "value": "12"}
    for answer in (
        client_of("alice").part("/contact-points", "POST", data=data),
        client_of("alice").post("/contact-points", data=data),
    ):
        assert answer.status_code == 422 and "at least 7 digits" in answer.text and 'value="12"' in answer.text


def test_who_wants_no_calls_and_no_mails_gets_no_links(client_of, alice):
    partner = make_partner(alice, phone="0221 55 66 77", email="a@example.com", do_not_call=True, do_not_email=True)
    hanging.add(ContactPoint, partner, PHONE, alice)
    hanging.add(ContactPoint, partner, {"kind": "email", "value": "b@example.com"}, alice)
    there = client_of("alice")
    page = there.get(f"/partners/{partner.id}").text
    assert "0221 55 66 77" in page and "b@example.com" in page
    assert "tel:" not in page and "mailto:" not in page and "No calls" in page and "No e-mails" in page
    asked = there.get(f"/contact-points/mail?about=partner&about_id={partner.id}").text
    assert "mailto:a@example.com" in asked and "mailto:b@example.com" in asked


def test_a_further_address_is_added_shown_on_a_map_and_made_the_main_one(client_of, alice):
    partner = make_partner(alice, street="Elm Street 1", city="Graz")
    there = client_of("alice")
    data = {"about": "partner", "about_id": str(partner.id), "street": "Quai Sud 4", "city": "Lyon", "is_delivery": "1"}
    assert there.post("/addresses", data=data).status_code == 303
    page = there.get(f"/partners/{partner.id}").text
    assert "https://www.openstreetmap.org/search?query=Quai+Sud+4%2C+Lyon" in page and "Delivery" in page
    place = hanging.of(Address, partner, alice)[0]
    assert there.part(f"/addresses/{place.id}/main", "POST").status_code == 200
    assert changed(partner).city == "Lyon"


def test_a_person_is_added_on_the_page_of_their_company(client_of, alice):
    partner = make_partner(alice)
    there = client_of("alice")
    answer = there.part(f"/partners/{partner.id}/people", "POST", data=ANA)
    assert answer.headers["HX-Retarget"] == "#people" and "Ana Silva" in answer.text
    assert "/gestures/" in answer.headers["HX-Trigger"]
    refused = there.part(f"/partners/{partner.id}/people", "POST", data={"name": ""})
    assert refused.status_code == 422 and "Please enter a name." in refused.text


def test_a_contact_without_a_company_is_brought_in(client_of, alice):
    partner, other = make_partner(alice), make_partner(alice, "Other")
    free = make_contact(alice, "Free")
    make_contact(alice, "Freeman", partner=other.id)
    there = client_of("alice")
    options = there.get("/contacts/names?alone=1&q=Fre").text
    assert f"Free #{free.id}" in options and "Freeman" not in options
    there.post(f"/partners/{partner.id}/people", data={"existing": f"Free #{free.id}"})
    assert Contact.get_by_id(free.id).partner_id == partner.id
    refused = there.post(f"/partners/{other.id}/people", data={"existing": f"Free #{free.id}"})
    assert refused.status_code == 422 and "is at another company" in refused.text


def test_an_individual_has_no_list_of_people(client_of, alice):
    page = client_of("alice").get(f"/partners/{make_partner(alice, kind='individual').id}").text
    assert "Add a person" not in page


def test_a_group_of_companies_is_shown_both_ways(client_of, alice):
    parent = make_partner(alice, "Mother")
    child = make_partner(alice, "Daughter", parent=parent.id)
    there = client_of("alice")
    assert f'href="/partners/{child.id}">Daughter' in there.get(f"/partners/{parent.id}").text
    assert "Parent company" in there.get(f"/partners/{child.id}").text


def test_leads_that_name_the_company_are_listed_with_it(client_of, alice):
    lead = make_lead(alice, "Costa", company="harbour light")
    page = client_of("alice").get(f"/partners/{make_partner(alice).id}").text
    assert f'href="/leads/{lead.id}"' in page and "/leads/form?company=Harbour%20Light" in page


@pytest.fixture
def only_south(db):
    settings.set_assignable({Team.get(Team.name == "South").id}, actor(people.user("olive").id, "web"))


def test_customers_go_to_chosen_teams_in_every_path(client_of, alice, only_south):
    """SEED-104: form, cell, many at once and the suitcase; the pickers offer no others."""
    bob, charlie = people.user("bob").id, people.user("charlie").id
    there = client_of("carol")
    partner = make_partner(alice)
    form = there.part(f"/partners/{partner.id}/form").text
    owners = re.search(r'<select[^>]*name="owner".*?</select>', form, re.DOTALL)[0]
    assert f'value="{charlie}"' in owners and f'value="{bob}"' not in owners
    url = f"/partners/{partner.id}"
    assert there.part(url, "POST", data={"owner": bob}).status_code == 422
    assert there.part(f"{url}/cells/owner", "POST", data={"owner": bob}).status_code == 422
    assert there.part(f"{url}/assignment", "POST").status_code == 422
    bulk = there.part("/partners/bulk", "POST", data={"ids": partner.id, "verb": "set", "field": "owner", "value": bob})
    assert "refused" in bulk.headers.get("HX-Trigger", "") or "refused" in there.get("/partners").text
    assert changed(partner).owner_id is None
    assert there.part(f"{url}/cells/owner", "POST", data={"owner": charlie}).status_code == 200


def test_an_owner_chooses_the_teams(client_of, db):
    """SEED-104"""
    there, south = client_of("olive"), Team.get(Team.name == "South")
    assert there.post("/settings/assignment", data={"whom": "teams"}).status_code == 422
    assert there.post("/settings/assignment", data={"whom": "teams", "teams": south.id}).status_code == 303
    assert re.search(rf'name="teams" value="{south.id}" checked', there.get("/settings/assignment").text)
    assert there.post("/settings/assignment", data={"whom": "all"}).status_code == 303
    assert client_of("carol").get("/settings/assignment").status_code == 403


def test_charlie_gets_nothing_through_these_doors(client_of, alice):
    partner = make_partner(alice)
    point, place = (
        hanging.add(ContactPoint, partner, PHONE, alice),
        hanging.add(Address, partner, {"city": "Zanzibar"}, alice),
    )
    contact = make_contact(alice, "Zanzibar")
    charlie, about = client_of("charlie"), f"about=partner&about_id={partner.id}"
    for url in (f"/contact-points?{about}", f"/contact-points/form?{about}", f"/contact-points/mail?{about}",
                f"/addresses?{about}", f"/contact-points/{point.id}/form", f"/addresses/{place.id}/form",
                f"/partners/{partner.id}/people", f"/partners/{partner.id}/people/form"):  # fmt: skip
        assert charlie.get(url).status_code == charlie.part(url).status_code == 404, url
    for url in (f"/contact-points/{point.id}", f"/contact-points/{point.id}/main", f"/addresses/{place.id}/removal"):
        assert charlie.post(url, data=PHONE).status_code == 404, url
    data = {"about": "partner", "about_id": partner.id, **PHONE}
    assert charlie.post("/contact-points", data=data).status_code == 404
    assert contact.full_name not in charlie.get("/contacts/names?q=Zanz").text
    mine = make_partner(actor(people.user("charlie").id, "web"), "Mine")
    charlie.post(f"/partners/{mine.id}/people", data={"existing": f"#{contact.id}"})
    assert not contacts.at(mine, alice).exists() and Contact.get_by_id(contact.id).partner_id is None


def test_a_reader_sees_but_changes_nothing(client_of, alice):
    partner = make_partner(alice)
    point = hanging.add(ContactPoint, partner, PHONE, alice)
    rita = client_of("rita")
    page = rita.get(f"/partners/{partner.id}").text
    assert PHONE["value"] in page and "/contact-points/form" not in page and "Add a person" not in page
    assert rita.post(f"/contact-points/{point.id}/removal").status_code == 403
    assert rita.get(f"/contact-points/{point.id}/form").status_code == 403
