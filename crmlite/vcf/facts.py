"""What a card says about somebody, in the terms of this program."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeVar

PARTS = ("street", "city", "region", "postcode", "country")
T = TypeVar("T")


class Way(NamedTuple):
    """A phone, mobile, fax, email or website (its kind), and what it is for."""

    kind: str
    use: str
    value: str


class Place(NamedTuple):
    use: str
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True)
class Facts:
    """`wishes` are its categories: what somebody asked for, and its groups. `picture` is a digest: of the bytes in a
    text, of the drawn picture in a record. The `name` of a company is all of its name, its `company` is empty."""

    is_company: bool = False
    title: str = ""
    first_name: str = ""
    name: str = ""
    company: str = ""
    department: str = ""
    job_title: str = ""
    note: str = ""
    ways: tuple[Way, ...] = ()
    places: tuple[Place, ...] = ()
    wishes: tuple[str, ...] = ()
    picture: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.name)))


def as_json(facts: Facts) -> str:
    return json.dumps(asdict(facts), ensure_ascii=False)


def from_json(text: str) -> Facts:
    said: dict[str, Any] = json.loads(text)
    said["ways"] = tuple(Way(*one) for one in said["ways"])
    said["places"] = tuple(Place(*one) for one in said["places"])
    return Facts(**{**said, "wishes": tuple(said["wishes"])})


def plain(way: Way) -> tuple[str, str]:
    """By what two ways are the same: the scheme of a web address is often left out."""
    value = " ".join(way.value.split())
    if way.kind == "website":
        value = value.lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    return way.kind, value


def moved_ways(old: Sequence[Way], new: Sequence[Way]) -> list[tuple[Way | None, Way | None]]:
    """What was replaced by what: None where one came or went."""

    def key(way: Way) -> Any:
        return (*plain(way), way.use.lower())

    return _moved(old, new, key, lambda one, other: plain(one) == plain(other), lambda one: one.kind)


def moved_places(old: Sequence[Place], new: Sequence[Place]) -> list[tuple[Place | None, Place | None]]:
    return _moved(old, new, lambda one: one, lambda one, other: one[1:] == other[1:], lambda one: "")


def _moved(
    old: Sequence[T],
    new: Sequence[T],
    key: Callable[[T], Any],
    alike: Callable[[T, T], bool],
    sort: Callable[[T], str],
) -> list[tuple[T | None, T | None]]:
    """First what is alike but for its use, then the next of its sort, then what only came or went."""
    left, came = list(old), []
    for one in new:
        same = next((other for other in left if key(other) == key(one)), None)
        if same is None:
            came.append(one)
        else:
            left.remove(same)
    moved: list[tuple[T | None, T | None]] = []
    for match in (alike, lambda one, other: sort(one) == sort(other)):
        for one in list(came):
            former = next((other for other in left if match(other, one)), None)
            if former is not None:
                left.remove(former)
                came.remove(one)
                moved.append((former, one))
    return [*moved, *((one, None) for one in left), *((None, one) for one in came)]
