"""The people of the tests: Alice owns, Bob is in her team, Carol manages, Charlie must see nothing of theirs."""

from crmlite.models.users import User
from crmlite.rules import users
from crmlite.rules.access import system
from crmlite.rules.setup import install_defaults

PASSWORD = "correct horse battery"
PEOPLE = {
    "alice": ("Alice Arden", "rep", "North"),
    "bob": ("Bob Birch", "rep", "North"),
    "carol": ("Carol Cole", "manager", "North"),
    "charlie": ("Charlie Crane", "rep", "South"),
    "olive": ("Olive Owen", "owner", None),
    "rita": ("Rita Reed", "reader", "North"),
}


def email(name: str) -> str:
    return f"{name}@example.com"


def user(name: str) -> User:
    found = users.by_email(email(name))
    assert found, f"{name} has not moved in"
    return found


def move_in() -> None:
    by = system("cli")
    install_defaults(by)
    teams = {name: users.add_team(name, by) for name in ("North", "South")}
    for short, (name, role, team) in PEOPLE.items():
        person = users.add_user(name, email(short), role, PASSWORD, by, zone="Europe/Paris")
        if team:
            users.join(person, teams[team], by, active=True)
