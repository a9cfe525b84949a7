"""Finding the calendars: from the bare host, with any spelling, and no further than one's own home."""

import base64

import pytest
import requests

from crmlite.models.users import Device as DeviceRow
from crmlite.rules import devices, gate
from crmlite.rules.throttle import FREE_FAILURES
from tests import people
from tests.calendar.conftest import SPACES, Answer, meeting

PRINCIPAL = f"<D:propfind {SPACES}><D:prop><D:current-user-principal/></D:prop></D:propfind>"


@pytest.mark.parametrize("path", ["/.well-known/caldav", "/.well-known/carddav", "/.well-known/caldav/"])
@pytest.mark.parametrize("method", ["GET", "PROPFIND", "OPTIONS", "HEAD"])
def test_the_well_known_address_leads_there_without_a_host_of_its_own(server, path, method):
    answer = requests.request(method, server.url + path, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["Location"]) == (301, "/dav/")


@pytest.mark.parametrize("path", ["/", "/dav", "/dav/"])
def test_every_address_one_might_type_names_the_principal(phone, path):
    (found,) = phone.ask(path, "D:current-user-principal", "D:resourcetype").found
    assert found.props["{DAV:}current-user-principal"][0].text == f"/dav/{phone.slug}/"
    assert found.href == ("/" if path == "/" else "/dav/")


def test_the_bare_host_still_is_the_web_page(server):
    assert "text/html" in requests.get(f"{server.url}/", timeout=60).headers["Content-Type"]


def test_the_root_tells_nobody_who_else_is_here(phone):
    assert len(phone.ask("/dav/", "D:displayname", depth="1").found) == 1


def test_the_principal_knows_its_home_and_its_name(phone):
    (found,) = phone.ask("", "C:calendar-home-set", "D:displayname", "D:principal-URL", "X:unknown").found
    assert found.props["{urn:ietf:params:xml:ns:caldav}calendar-home-set"][0].text == f"/dav/{phone.slug}/"
    assert found.text("D:displayname") == "Alice Arden" and found.missing == {"{urn:example:x}unknown"}


def test_the_home_holds_a_calendar_and_a_task_list_and_the_calendar_of_the_team(phone):
    found = phone.ask("", "D:displayname", "C:supported-calendar-component-set", "I:calendar-color", depth="1").found
    by_name = {one.href.rstrip("/").rsplit("/", 1)[1]: one for one in found}
    components = {
        name: [
            comp.get("name") for comp in one.props["{urn:ietf:params:xml:ns:caldav}supported-calendar-component-set"]
        ]
        for name, one in by_name.items()
        if name != phone.slug
    }
    team = f"team-{phone.me.active_team_id}"
    assert components == {"events": ["VEVENT"], "tasks": ["VTODO"], team: ["VEVENT"], "contacts": []}
    assert len(by_name["events"].text("I:calendar-color")) == 9


def test_the_home_is_found_by_the_e_mail_address_too(phone):
    assert (
        phone.ask(f"/dav/{people.email('alice')}/events/", "D:displayname").found[0].text("D:displayname") == "Calendar"
    )
    assert phone.ask("/dav/alice%40example.com/", "D:displayname").found[0].href == f"/dav/{phone.slug}/"


def test_a_calendar_says_what_clients_look_for(phone):
    wanted = ("D:resourcetype", "D:owner", "D:current-user-privilege-set", "CS:getctag", "D:sync-token",
              "D:supported-report-set", "I:calendar-order", "C:max-resource-size")  # fmt: skip
    (found,) = phone.ask("events/", *wanted).found
    assert not found.missing
    assert {child.tag for child in found.props["{DAV:}resourcetype"]} == {
        "{DAV:}collection",
        "{urn:ietf:params:xml:ns:caldav}calendar",
    }
    privileges = {child.tag for one in found.props["{DAV:}current-user-privilege-set"] for child in one}
    assert "{DAV:}write-content" in privileges


def test_options_say_calendar_access_before_anybody_signs_in(server):
    for path in ("/", "/dav/", "/dav/x/events/"):
        answer = requests.options(server.url + path, timeout=60)
        assert answer.status_code == 200 and "calendar-access" in answer.headers["DAV"]
        assert " 2" not in answer.headers["DAV"].split(",")


@pytest.mark.parametrize(
    "header",
    [
        "", "Basic", "Basic ", "Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x",
        "Basic " + base64.b64encode(b":").decode(), "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"a\x00b:c").decode(), "Digest username=alice", "basic " + "A" * 8000,
    ],
)  # fmt: skip
def test_a_malformed_authorization_is_asked_for_again(server, header):
    for path in ("/", "/dav/", "/dav/x/events/a.ics"):
        answer = requests.request(
            "PROPFIND", server.url + path, headers={"Authorization": header} if header else {}, timeout=60
        )
        assert answer.status_code in (401, 429)
        assert answer.status_code == 429 or answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_the_password_of_the_web_page_opens_nothing_here(server):
    answer = requests.request(
        "PROPFIND", f"{server.url}/dav/", auth=(people.email("alice"), people.PASSWORD), timeout=60
    )
    assert answer.status_code == 401


def test_a_device_may_sign_in_with_the_name_of_its_home(phone):
    phone.auth = (phone.slug, phone.password.upper().replace("-", " "))
    assert phone.ask("", "D:displayname").status == 207


def test_the_password_of_one_does_not_open_the_home_of_another(phone):
    phone.auth = (people.email("bob"), phone.password)
    assert phone.ask("/dav/", "D:displayname").status == 401


def test_a_revoked_device_is_out_at_once(phone):
    devices.revoke(phone.device, phone.me)
    assert phone.ask("", "D:displayname").status == 401


def test_somebody_who_left_is_out_at_once(phone, dav_of):
    boss = dav_of("olive")
    gate.change(people.user("alice"), {"active": False}, boss.me)
    assert phone.ask("", "D:displayname").status == 401


def test_wrong_passwords_are_throttled_and_lock_nobody_out(phone, server):
    def guess() -> requests.Response:
        return requests.request("PROPFIND", f"{server.url}/dav/", auth=(people.email("alice"), "wrong"), timeout=60)

    assert [guess().status_code for _ in range(FREE_FAILURES)] == [401] * FREE_FAILURES
    refused = guess()
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert phone.ask("", "D:displayname").status == 207


def test_the_last_use_of_a_device_is_noted(phone):
    phone.headers["User-Agent"] = "iOS/18 dataaccessd"
    phone.ask("", "D:displayname")
    row = DeviceRow.get_by_id(phone.device.id)
    assert row.last_used_at and row.last_agent == "iOS/18 dataaccessd" and row.last_address == "127.0.0.1"
    assert row.version == phone.device.version


def test_strangers_learn_nothing(phone, dav_of):
    """The same answer whether it is there or not."""
    phone.store("events/a.ics", meeting())
    other = dav_of("charlie")
    for method in ("GET", "PROPFIND", "REPORT", "PUT", "DELETE", "PROPPATCH", "MKCALENDAR", "MOVE"):
        answers = {
            other.request(
                method, f"/dav/{home}/{rest}", headers={"Destination": f"/dav/{other.slug}/events/x.ics"}
            ).status_code
            for home in (phone.slug, "0123456789ab")
            for rest in ("events/a.ics", "events/missing.ics", "events/", "nowhere/")
        }
        assert answers == {403}, method
    assert phone.get("events/a.ics").status_code == 200


@pytest.mark.parametrize(
    "path", ["/dav/.web/", "/dav/.mobileconfig", "/dav/.well-known/x", "/dav/.token/x", "/dav/.sharing/v1/x"]
)
def test_other_pages_of_radicale_are_not_served(phone, path):
    assert phone.get(path).status_code in (403, 404)
    assert phone.post(path).status_code in (403, 404, 405)


def test_a_browser_at_the_address_of_the_calendars_comes_to_the_page(phone):
    answer = phone.get("/dav/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Script-Name": "/evil"},
        {"X-Remote-User": "root"},
        {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"X-Forwarded-Prefix": "/evil", "Forwarded": "for=1.2.3.4;host=evil.example"},
    ],
)
def test_forged_headers_change_nothing(phone, headers):
    body = f"<D:propfind {SPACES}><D:prop><D:current-user-principal/></D:prop></D:propfind>"
    answer = Answer(phone.request("PROPFIND", "events/", data=body, headers={"Depth": "0", **headers}))
    assert answer.found[0].href == f"/dav/{phone.slug}/events/" and "evil" not in answer.response.text


def test_a_home_that_begins_like_the_mount_is_no_trap(phone, dav_of):
    boss = dav_of("olive")
    user = people.user("alice")
    gate.change(user, {"slug": "davina"}, boss.me)
    phone.slug = "davina"
    assert phone.store("events/a.ics", meeting()).status_code == 201
    answer = phone.request("PROPFIND", "events/", headers={"X-Forwarded-For": "1.2.3.4", "Depth": "1"})
    assert answer.status_code == 207 and "/dav/davina/events/a.ics" in answer.text


def test_paths_that_are_no_text_are_refused(phone):
    assert phone.get("/dav/%ff%fe/events/").status_code == 400
    assert phone.get("events/%00.ics").status_code in (400, 404)
    assert phone.get("events/..%2f..%2f..%2fetc%2fpasswd").status_code in (403, 404)
