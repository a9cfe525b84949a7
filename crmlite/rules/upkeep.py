"""What the clock does to keep the house small: drop what nobody will ask for again."""

from datetime import datetime, timedelta
from typing import Any

from crmlite import clock
from crmlite.models.users import Attempt
from crmlite.rules import jobs

EVERY = timedelta(hours=24)


def tidy(payload: dict[str, Any]) -> datetime:
    """A job: drop old finished jobs and forgotten failed sign-ins; answers when to do so again."""
    jobs.purge()
    Attempt.delete().where(Attempt.since < clock.now() - EVERY).execute()
    return clock.now() + EVERY
