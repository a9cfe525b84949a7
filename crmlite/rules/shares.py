"""Who else reads or writes a calendar: people that its owner shares it with."""

from crmlite.errors import Conflict, Invalid
from crmlite.models.calendars import Calendar, Share
from crmlite.rules import directory, gate
from crmlite.rules.access import Actor


def share(calendar: Calendar, user_id: int, right: str, by: Actor) -> Share:
    """Let one more person in. Raises Invalid, Conflict, Forbidden."""
    if user_id == calendar.owner_id:
        raise Invalid(fields={"person": "The calendar is theirs already: please choose another person."})
    person = directory.current().people.get(user_id)
    if person is None or not person.active:
        raise Invalid(fields={"person": "Please choose a person."})
    with gate.together():
        former = Share.get_or_none((Share.calendar == calendar.id) & (Share.user == user_id))
        if former is None:
            return gate.create(Share, {"calendar": calendar.id, "user": user_id, "right": right}, by)
        if former.deleted_at is None:
            raise Conflict(f"{person.name} has this calendar already: please change the right in the list.")
        gate.restore(former, by)
        return gate.change(former, {"right": right}, by)


def change(share: Share, right: str, by: Actor) -> Share:
    """Their devices fetch the calendar anew: who may only read gets no alarms."""
    return gate.change(share, {"right": right}, by)


def stop(share: Share, by: Actor) -> Share:
    """The calendar leaves their pages and devices."""
    return gate.remove(share, by)


def of(calendar: Calendar) -> list[Share]:
    """By name of the person."""
    people = directory.current().people
    rows = Share.select().where((Share.calendar == calendar.id) & Share.deleted_at.is_null())
    return sorted(rows, key=lambda share: people[share.user_id].name if share.user_id in people else "")
