"""Puts the demo data into the house, as one gesture that can be found again."""

from collections.abc import Callable

from crmlite import clock
from crmlite.errors import Conflict
from crmlite.rules import directory, gate, upkeep
from crmlite.rules.access import Actor
from crmlite.rules.demo import arrivals, bulk, catalogue, companies, diary, offers, sales
from crmlite.rules.demo.cast import SignIn, move_in
from crmlite.rules.demo.story import BEFORE_ALL, Story
from crmlite.rules.demo.telling import Teller
from crmlite.rules.settings import put_setting

MARK = "demo"
Progress = Callable[[str], None]


def load(by: Actor, leads: int | None = None, progress: Progress | None = None) -> list[SignIn]:
    """Add the demo data and return the ways in. More `leads` than the hand-written ones bring more of
    everything; those rows are written past the gate, see `rows`. Raises Conflict when it is there already."""
    say = progress or (lambda sentence: None)
    if loaded():
        raise Conflict("The demo data is here already. Remove it first to load it anew.")
    with gate.together() as gesture:
        story = Story(str(directory.current().settings["zone"]))
        with clock.frozen(story.ago(BEFORE_ALL)):
            cast = move_in(by)
        say("Made the people and their teams.")
        teller = Teller(cast, story)
        for part in (catalogue, companies, arrivals, sales, offers, diary):
            part.tell(teller)
        story.play()
        say(f"Made {len(teller.kept)} records with their history.")
        if leads and leads > teller.count_of("lead"):
            bulk.load_bulk(cast, story, gesture, leads - teller.count_of("lead"), by, say)
            upkeep.gather_sums()
            upkeep.count_rows()
        put_setting(MARK, {"gesture": gesture}, by)
    return cast.sign_ins


def loaded() -> int | None:
    """The gesture that brought the demo data, None when there is none."""
    mark = directory.current().settings.get(MARK) or {}
    return mark.get("gesture")
