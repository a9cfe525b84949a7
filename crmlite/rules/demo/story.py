"""History made up: steps dated in the past, played in the order in which they would have happened."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from crmlite import clock

Step = Callable[[], object]
BEFORE_ALL = 420  # days ago, when the demo people moved in


class Story:
    """Days count from today in `zone`. Nothing is dated later than a quarter of an hour ago."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.now = clock.now()
        self.today = clock.today(zone)
        self._steps: list[tuple[datetime, int, Step]] = []

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def workday(self, days: int) -> date:
        """The `days`-th working day from today (0: today, or Monday when today is none)."""
        found, step = self.today, 1 if days >= 0 else -1
        while found.weekday() > 4:
            found += timedelta(days=step)
        for _ in range(abs(days)):
            found += timedelta(days=step)
            while found.weekday() > 4:
                found += timedelta(days=step)
        return found

    def at(self, day: date, wall: str, zone: str = "") -> datetime:
        """The moment when a clock in `zone` shows `wall` (HH:MM) on that day."""
        return clock.to_utc(datetime.combine(day, time.fromisoformat(wall)), zone or self.zone)

    def ago(self, days: int, number: int = 0) -> datetime:
        """Within office hours `days` ago, Fridays in place of weekends; `number` spreads the hours."""
        day = self.today - timedelta(days=days)
        day -= timedelta(days=max(0, day.weekday() - 4))
        moment = self.at(day, f"{8 + number * 5 % 9:02d}:{number * 17 % 60:02d}")
        return min(moment, self.now - timedelta(minutes=15 + number % 30))

    def later(self, moment: datetime, late: bool = False) -> datetime:
        """A little later, or in the evening, but in the past."""
        wall = clock.to_wall(moment, self.zone)
        moved = self.at(wall.date(), "19:30") if late else moment + timedelta(minutes=10)
        return min(moved, self.now - timedelta(minutes=5))

    def then(self, moment: datetime, step: Step) -> None:
        self._steps.append((moment, len(self._steps), step))

    def play(self) -> None:
        """Take every step with the clock stopped at its moment."""
        steps, self._steps = sorted(self._steps), []
        for moment, _, step in steps:
            with clock.frozen(moment):
                step()
