"""Phone and desktop: device passwords and the addresses that programs ask for."""

import dataclasses
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
    assert devices.authenticate("bob@example.com", password, "192.0.2.1", "Phone").name == "Bob Birch"
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
    assert f"{url}/dav/</code>" in page and "127.0.0.1" not in page
    assert ("not encrypted" in page) == warned


def test_every_client_has_its_steps(bob):
    page = bob.get("/devices").text
    for client in ("iPhone and iPad", "Mac", "DAVx⁵", "Thunderbird", "Evolution", "Any other CalDAV program"):
        assert client in page
