"""The style guide: for owners."""

import pytest


def test_an_owner_sees_every_component(client_of, db):
    page = client_of("olive").get("/styleguide").text
    for section in ("Buttons", "Form", "Cells", "Board", "Week", "Dialogs"):
        assert section in page


@pytest.mark.parametrize("name", ["carol", "alice", "rita", "charlie"])
def test_for_others_there_is_no_such_page(client_of, db, name):
    assert client_of(name).get("/styleguide").status_code == 404


def test_a_stranger_is_led_to_the_sign_in(client_of, db):
    assert client_of().get("/styleguide").headers["Location"].startswith("/sign-in")
