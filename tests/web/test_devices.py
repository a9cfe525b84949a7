"""Phone and desktop: device passwords and the addresses that programs ask for."""

import dataclasses
import plistlib
import re

import pytest

from crmlite.models.users import Device
from crmlite.rules import devices
from crmlite.rules.access import actor
from tests import people


@pytest.fixture
def bob(client_of, db):
    return client_of("bob")


def made(name: str, label: str) -> Device:
    user = people.user(name)
    return devices.add_device(user, label, actor(user.id, "web"))[0]


def test_it_works(bob):
    answer = bob.post("/devices", data={"name": "Bob’s phone"})
    assert answer.status_code == 200 and "“Bob’s phone” is ready" in answer.text
    password = re.search(r'id="device-password">([^<]+)<', answer.text)[1]
    assert devices.let_in("bob@example.com", password, "192.0.2.1", "Phone").person.name == "Bob Birch"
    page = bob.get("/devices").text
    assert "Bob’s phone" in page and password not in page and "never used" not in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Pho\x00ne"])
def test_a_device_without_a_sound_name_is_refused(bob, name):
    answer = bob.post("/devices", data={"name": name})
    assert answer.status_code == 422 and 'id="f-name-error"' in answer.text
    assert Device.select().count() == 0


def test_a_lost_device_is_shut_out(bob):
    device = made("bob", "Old phone")
    assert bob.post(f"/devices/{device.id}/revocation").headers["Location"] == "/devices"
    page = bob.get("/devices").text
    assert "can no longer sync" in page and f'id="device-{device.id}"' not in page
    assert bob.post(f"/devices/{device.id}/revocation").status_code == 404


@pytest.mark.parametrize("name", ["charlie", "alice", "carol", "olive"])
def test_a_device_is_nobody_elses(client_of, db, name):
    device = made("bob", "Private phone")
    someone = client_of(name)
    assert "Private phone" not in someone.get("/devices").text
    assert someone.post(f"/devices/{device.id}/revocation").status_code == 404
    assert Device.get_by_id(device.id).deleted_at is None


def test_a_reader_has_devices_too(client_of, db):
    assert "is ready" in client_of("rita").post("/devices", data={"name": "Phone"}).text


def test_local_addresses_are_those_the_person_came_by(bob, server):
    page = bob.get("/devices").text
    assert f"{server.url}/dav/</code>" in page and f"/dav/{people.user('bob').slug}/</code>" in page
    assert "known to this computer only" in page


@pytest.mark.parametrize(
    ("url", "warned"), [("https://crm.example.org", False), ("http://crm.example.org:8000", True)]
)
def test_the_public_address_is_what_devices_are_told(bob, server, monkeypatch, url, warned):
    settings = dataclasses.replace(server.app.config["CRMLITE"], public_url=url)
    monkeypatch.setitem(server.app.config, "CRMLITE", settings)
    page = bob.get("/devices").text
    assert f"{url}/dav/</code>" in page and not re.search(r"<code[^>]*>[^<]*127", page)
    assert ("not encrypted" in page) == warned


def test_every_client_has_its_steps(bob):
    page = bob.get("/devices").text
    for client in ("iPhone and iPad", "Mac", "DAVx⁵", "Thunderbird", "Evolution", "Any other CalDAV program"):
        assert client in page


def test_the_profile_of_apple_names_the_account_and_no_password(client_of, db):
    made("bob", "Bob’s phone")
    answer = client_of("bob").get("/devices/profile.mobileconfig")
    assert answer.headers["Content-Type"] == "application/x-apple-aspen-config"
    whole = plistlib.loads(answer.content)
    account = whole["PayloadContent"][0]
    assert account["PayloadType"] == "com.apple.caldav.account"
    assert account["CalDAVUsername"] == "bob@example.com" and account["CalDAVHostName"] == "127.0.0.1"
    assert account["CalDAVPrincipalURL"] == f"/dav/{people.user('bob').slug}/" and not account["CalDAVUseSSL"]
    book = whole["PayloadContent"][1]
    assert book["PayloadType"] == "com.apple.carddav.account" and book["CardDAVUsername"] == "bob@example.com"
    assert not [name for name in (*account, *book) if "Password" in name]


def test_a_device_opens_what_was_chosen_for_it(client_of, db):
    bob = client_of("bob")
    page = bob.post("/devices", data={"name": "Car", "scope": "contacts"}).text
    assert "opens contacts only" in page and Device.get(Device.name == "Car").scope == "contacts"
    bob.post("/devices", data={"name": "Phone"})
    assert Device.get(Device.name == "Phone").scope == "all"
    assert bob.post("/devices", data={"name": "Odd", "scope": "everything"}).status_code == 422


def test_a_profile_made_again_replaces_the_former(client_of, db):
    bob, alice = client_of("bob"), client_of("alice")
    first, again = (bob.get("/devices/profile.mobileconfig").content for _ in range(2))
    assert first == again
    other = plistlib.loads(alice.get("/devices/profile.mobileconfig").content)
    assert other["PayloadUUID"] != plistlib.loads(first)["PayloadUUID"]


def test_the_picture_for_android_is_of_the_address_with_the_account(bob):
    text = bob.get("/devices").text
    label = re.search(r'aria-label="QR code of ([^"]+)"', text)[1]
    assert 'class="qr"' in text and re.fullmatch(r"caldav://bob%40example\.com@127\.0\.0\.1:\d+/dav/", label)


def test_the_check_says_what_is_wrong_with_the_connection(server, bob, monkeypatch):
    assert "does not leave this computer" in bob.get("/devices").text
    there = dataclasses.replace(server.app.config["CRMLITE"], public_url="http://crm.example.com")
    monkeypatch.setitem(server.app.config, "CRMLITE", there)
    text = bob.get("/devices").text
    assert "PUBLIC_URL says crm.example.com, but you came by 127.0.0.1" in text
    assert "The connection is not encrypted" in text
