"""Pairing over HTTP: a device asks, its person says yes, the device fetches its password once."""

import re
from datetime import timedelta

import pytest
import requests

from crmlite import clock
from crmlite.models.pairings import Pairing
from crmlite.models.users import Device
from crmlite.rules import pairings

PHONE = {"User-Agent": "DAVx5/4.5 (2026/01/12; okhttp) Android/16"}


class Phone:
    """As DAVx⁵ asks: without cookies, Origin or Sec-Fetch-Site."""

    def __init__(self, server):
        self.url = server.url
        answer = requests.post(f"{self.url}/index.php/login/v2", headers=PHONE, timeout=60)
        assert answer.status_code == 200
        self.told = answer.json()

    @property
    def page(self):
        return re.sub(r"^https?://[^/]+", "", self.told["login"])

    def poll(self):
        endpoint = re.sub(r"^https?://[^/]+", self.url, self.told["poll"]["endpoint"])
        return requests.post(endpoint, data={"token": self.told["poll"]["token"]}, headers=PHONE, timeout=60)


@pytest.fixture
def phone(server):
    return Phone(server)


def test_a_device_gets_its_password_once_its_person_has_said_yes(server, client_of, alice, phone):
    assert phone.poll().status_code == 404
    visitor = client_of("alice")
    page = visitor.get(phone.page).text
    assert "DAVx5/4.5" in page and "alice@example.com" in page
    assert "fetches its password" in visitor.post(phone.page, data={"answer": "yes"}).text
    fetched = phone.poll().json()
    assert fetched["loginName"] == "alice@example.com" and fetched["server"]
    auth = (fetched["loginName"], fetched["appPassword"])
    home = requests.request("PROPFIND", f"{server.url}/remote.php/dav", auth=auth, timeout=60)
    assert home.status_code == 207
    assert phone.poll().status_code == 404
    assert "DAVx5/4.5" in visitor.get("/devices").text


def test_nothing_that_opens_the_door_is_kept(client_of, alice, phone):
    client_of("alice").post(phone.page, data={"answer": "yes"})
    kept = str(list(Pairing.select().dicts()))
    assert phone.told["poll"]["token"] not in kept and phone.page.rsplit("/", 1)[1] not in kept
    password = phone.poll().json()["appPassword"]
    assert password not in str(list(Device.select().dicts()))
    assert not Pairing.select().exists()


def test_a_stranger_signs_in_first_and_comes_back_to_the_question(client_of, phone):
    answer = client_of().get(phone.page)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?next=/login/v2/flow/")


def test_no_is_no(client_of, alice, phone):
    assert client_of("alice").post(phone.page, data={"answer": "no"}).headers["Location"] == "/devices"
    assert phone.poll().status_code == 404 and not Device.select().exists()
    assert client_of("alice").get(phone.page).status_code == 404


def test_a_question_is_answered_once(client_of, alice, charlie, phone):
    client_of("alice").post(phone.page, data={"answer": "yes"})
    answer = client_of("charlie").post(phone.page, data={"answer": "yes"})
    assert answer.status_code == 404 and "begin again on the device" in answer.text
    assert phone.poll().json()["loginName"] == "alice@example.com"


def test_a_question_runs_out(client_of, alice, phone):
    with clock.frozen(clock.now() + pairings.LASTS + timedelta(minutes=1)):
        assert client_of("alice").get(phone.page).status_code == 404
        pairings.purge()
    assert not Pairing.select().exists()


def test_another_site_cannot_say_yes_for_somebody(client_of, alice, phone):
    visitor = client_of("alice")
    visitor.headers["Sec-Fetch-Site"] = "cross-site"
    assert visitor.post(phone.page, data={"answer": "yes"}).status_code == 403
    assert phone.poll().status_code == 404


def test_an_address_that_asks_again_and_again_has_to_wait(server, client_of, db):
    for _ in range(5):
        Phone(server)
    answer = requests.post(f"{server.url}/index.php/login/v2", headers=PHONE, timeout=60)
    assert answer.status_code == 429


def test_what_a_device_calls_itself_is_shown_as_text(server, client_of, alice):
    answer = requests.post(
        f"{server.url}/index.php/login/v2", headers={"User-Agent": "<b>Phone</b>" + "x" * 300}, timeout=10
    )
    page = client_of("alice").get(re.sub(r"^https?://[^/]+", "", answer.json()["login"])).text
    assert "&lt;b&gt;Phone&lt;/b&gt;" in page and "<b>Phone" not in page
