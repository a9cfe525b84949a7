"""Accounts: making them, signing in, passwords, teams."""

import secrets
from functools import lru_cache
from typing import Any

from werkzeug.security import check_password_hash, generate_password_hash

from crmlite.errors import Conflict, Forbidden, Invalid
from crmlite.models.base import is_sqlite
from crmlite.models.teams import Membership, Team
from crmlite.models.users import User
from crmlite.rules import calendars, gate, throttle
from crmlite.rules.access import Actor, require
from crmlite.rules.settings import set_organisation
from crmlite.rules.setup import install_defaults

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
CLEAR_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def exists_any() -> bool:
    return User.select().exists()


def by_email(email: str) -> User | None:
    plain = email.strip().lower().replace("\x00", "")  # PostgreSQL does not take it, even to compare
    return User.get_or_none((User.email == plain) & User.deleted_at.is_null())


def by_id(user_id: int) -> User | None:
    return User.get_or_none((User.id == user_id) & User.deleted_at.is_null())


def add_user(
    name: str, email: str, role: str, password: str, by: Actor, *, zone: str = "UTC", locale: str = "en"
) -> User:
    """An account with its own calendar and task list. Raises Invalid, Forbidden, Conflict."""
    values = {"name": name, "email": email, "role": role, "zone": zone, "locale": locale, "theme": "auto"}
    problem = password_problem(password)
    with gate.together():
        hidden = {
            "password_hash": "" if problem else generate_password_hash(password),
            "slug": secrets.token_hex(6),
            "session_key": secrets.token_hex(12),
            "colour": User.select().count() % 8,
        }
        try:
            user = gate.create(User, {**values, **hidden}, by)
        except Invalid as error:
            raise Invalid(fields={**error.fields, **({"password": problem} if problem else {})}) from error
        if problem:
            raise Invalid(fields={"password": problem})
        calendars.make_personal(user, by)
    return user


def found(name: str, email: str, password: str, zone: str, locale: str, currency: str, by: Actor) -> User:
    """The first account, its lists and its currency. Raises Conflict once there is an account."""
    with gate.together():
        if exists_any():
            raise Conflict("The owner's account exists already: please sign in.")
        install_defaults(by)
        owner = add_user(name, email, "owner", password, by, zone=zone, locale=locale)
        set_organisation("", currency, zone, by)
        return owner


def edit_user(user: User, values: dict[str, Any], by: Actor, seen: int | None = None) -> User:
    """Change name, address or role. Raises Forbidden when no active owner would be left, Invalid, Stale,
    Conflict."""
    with gate.together():
        _hold_owners()
        return gate.change(user, values, by, seen)


def deactivate(user: User, by: Actor) -> User:
    """Ends every session and lets no device in; the records stay where they are. Raises Forbidden for the
    last active owner."""
    if user.id == by.id:
        raise Forbidden("You cannot deactivate your own account: please ask another owner.")
    with gate.together():
        _hold_owners()
        return gate.change(
            user, {"active": False, "session_key": secrets.token_hex(12)}, by, verb="deactivated"
        )


def activate(user: User, by: Actor) -> User:
    return gate.change(user, {"active": True}, by, verb="activated")


def reset_password(user: User, by: Actor) -> str:
    """A new password to hand over, shown once; ends every session of the person."""
    require(by, "change", user, ("role",))
    password = make_password()
    set_password(user, password, by)
    return password


def make_password() -> str:
    """80 random bits, without letters that look alike, in groups that can be read out."""
    groups = ("".join(secrets.choice(CLEAR_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def change_password(user: User, old: str, new: str, by: Actor) -> User:
    """Also ends every other session of the person. Raises Invalid by field, TooManyTries like signing in."""
    key = throttle.key("account", user.email)
    throttle.refuse([key])
    if not check_password_hash(user.password_hash, old[: LONGEST_PASSWORD + 1]):
        throttle.count_failure([key])
        raise Invalid(fields={"old": "This is not your present password."})
    return set_password(user, new, by)


def set_password(user: User, new: str, by: Actor) -> User:
    if problem := password_problem(new):
        raise Invalid(fields={"password": problem})
    values = {"password_hash": generate_password_hash(new), "session_key": secrets.token_hex(12)}
    return gate.change(user, values, by, verb="changed")


def password_problem(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        return f"Please choose a password of at least {SHORTEST_PASSWORD} characters."
    return (
        f"Please keep the password within {LONGEST_PASSWORD} characters."
        if len(password) > LONGEST_PASSWORD
        else ""
    )


def sign_in(email: str, password: str, address: str) -> User:
    """The account that these belong to. Raises Invalid with one sentence for all reasons, TooManyTries after
    five failures for the account or the address within a quarter of an hour."""
    keys = [throttle.key("account", email.strip().lower()), throttle.key("address", address)]
    throttle.refuse(keys)
    user = by_email(email)
    right = check_password_hash(
        user.password_hash if user else _decoy_hash(), password[: LONGEST_PASSWORD + 1]
    )
    if user is None or not right or not user.is_active:
        throttle.count_failure(keys)
        raise Invalid("E-mail address and password do not match. Please try again.")
    throttle.forgive(keys[0])
    return user


def add_team(name: str, by: Actor) -> Team:
    """A team with its shared calendar."""
    with gate.together():
        team = gate.create(Team, {"name": name, "position": Team.select().count()}, by)
        calendars.make_for_team(team, by)
    return team


def join(user: User, team: Team, by: Actor, active: bool = False) -> Membership:
    """Make the user a member; `active` also sends their new records to this team."""
    with gate.together():
        for other in Membership.select().where(
            (Membership.user == user.id) & Membership.deleted_at.is_null() & (Membership.active == True)  # noqa: E712
        ):
            if active and other.team_id != team.id:
                gate.change(other, {"active": False}, by)
        membership = Membership.get_or_none((Membership.user == user.id) & (Membership.team == team.id))
        if membership is None:
            return gate.create(Membership, {"user": user.id, "team": team.id, "active": active}, by)
        if membership.deleted_at is not None:
            gate.restore(membership, by)
            return gate.change(membership, {"active": active}, by)
        return gate.change(membership, {"active": active or membership.active}, by)


def leave(user: User, team: Team, by: Actor) -> None:
    membership = Membership.get_or_none(
        (Membership.user == user.id) & (Membership.team == team.id) & Membership.deleted_at.is_null()
    )
    if membership:
        gate.remove(membership, by)


def _hold_owners() -> None:
    """Of two owners who demote each other at the same moment, the second must see what the first did."""
    if not is_sqlite():
        list(User.select(User.id).where(User.role == "owner").order_by(User.id).for_update())


@lru_cache(maxsize=1)
def _decoy_hash() -> str:
    """Checked for unknown addresses, so that answering takes as long as for known ones."""
    return generate_password_hash(secrets.token_hex(16))
