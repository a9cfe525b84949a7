"""Passwords of devices: shown once, one for each, gone when revoked."""

from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.errors import Forbidden, Invalid
from crmlite.models.users import Device
from crmlite.rules import devices, gate
from crmlite.rules.access import system
from crmlite.rules.throttle import FREE_FAILURES, TooManyTries
from tests import people


def sign_in(password: str, login: str = "alice@example.com", address: str = "10.0.0.1"):
    entry = devices.let_in(login, password, address, "test")
    return entry.person if entry else None


def test_a_device_signs_in_with_its_password(alice):
    device, password = devices.add_device(people.user("alice"), "  Ana’s   phone ", alice)
    assert device.name == "Ana’s phone" and len(password.replace("-", "")) == 32
    assert sign_in(password).id == alice.id
    assert password not in str(device.as_values())


def test_passwords_are_typed_as_people_type_them(alice):
    _, password = devices.add_device(people.user("alice"), "Phone", alice)
    assert sign_in(f" {password.upper().replace('-', ' ')} ", "ALICE@example.com")
    assert sign_in(password, people.user("alice").slug)


def test_no_two_devices_have_the_same_password(alice):
    passwords = {devices.add_device(people.user("alice"), f"Phone {n}", alice)[1] for n in range(20)}
    assert len(passwords) == 20


@pytest.mark.parametrize("label", ["", "   "])
def test_a_device_needs_a_name(alice, label):
    with pytest.raises(Invalid) as refused:
        devices.add_device(people.user("alice"), label, alice)
    assert "name" in refused.value.fields


def test_nobody_makes_a_device_for_another_but_the_operator_does(alice, bob):
    with pytest.raises(Forbidden):
        devices.add_device(people.user("alice"), "Phone", bob)
    _, password = devices.add_device(people.user("alice"), "Phone", system("cli"))
    assert sign_in(password)


def test_a_revoked_device_is_out_and_the_others_stay(alice):
    first, lost = devices.add_device(people.user("alice"), "Lost", alice)
    _, kept = devices.add_device(people.user("alice"), "Kept", alice)
    devices.revoke(first, alice)
    assert sign_in(lost) is None and sign_in(kept)
    assert [device.name for device in devices.of(alice)] == ["Kept"]


def test_only_the_owner_revokes(alice, carol):
    device, _ = devices.add_device(people.user("alice"), "Phone", alice)
    with pytest.raises(Forbidden):
        devices.revoke(device, carol)


def test_the_password_opens_the_account_it_was_made_for_only(alice):
    _, password = devices.add_device(people.user("alice"), "Phone", alice)
    assert sign_in(password, "bob@example.com") is None


def test_somebody_inactive_is_out(alice):
    _, password = devices.add_device(people.user("alice"), "Phone", alice)
    gate.change(people.user("alice"), {"active": False}, system("cli"))
    assert sign_in(password) is None


def test_guessing_is_throttled_by_address_and_locks_nobody_out(alice):
    _, password = devices.add_device(people.user("alice"), "Phone", alice)
    for _ in range(FREE_FAILURES):
        assert sign_in("wrong") is None
    with pytest.raises(TooManyTries):
        sign_in("wrong")
    assert sign_in("wrong", address="10.0.0.2") is None
    assert sign_in(password)


def test_the_last_use_is_noted_once_a_minute_and_is_no_change(alice):
    device, password = devices.add_device(people.user("alice"), "Phone", alice)
    start = clock.now()
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        with clock.frozen(start + timedelta(seconds=seconds)):
            sign_in(password)
        row = Device.get_by_id(device.id)
        assert (row.last_used_at, row.version) == (start + timedelta(seconds=noted), device.version)
    assert (row.last_address, row.last_agent) == ("10.0.0.1", "test")
