"""Processor time of a server per request, of several servers in turn, so that a busy moment hits all."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from bench.client import Request, Visitor

WARMING = 3
FEWEST = 9
SETTLING = 0.003  # seconds in which the server ends what it does after its answer


class Cost(NamedTuple):
    """Medians over all requests, in milliseconds."""

    processor: float
    wall: float
    requests: int


class Target(NamedTuple):
    name: str
    visitor: Visitor
    request: Callable[[int], Request]
    wanted: tuple[int, ...] = (200,)


def measure(targets: list[Target], seconds: float) -> dict[str, Cost]:
    """Ask each target once in turn until `seconds` for each have passed. Raises AssertionError at an answer
    that is not as wanted."""
    numbers = {target.name: 0 for target in targets}
    seen: dict[str, list[tuple[float, float]]] = {target.name: [] for target in targets}

    def ask(target: Target) -> tuple[float, float]:
        numbers[target.name] += 1
        before = target.visitor.server.seconds()
        answer = target.visitor.ask(target.request(numbers[target.name]))
        time.sleep(SETTLING)
        spent = target.visitor.server.seconds() - before
        assert answer.status in target.wanted, (target.name, answer.status, answer.body[:300])
        return spent, answer.wall

    for target in targets:
        for _ in range(WARMING):
            ask(target)
    end = time.monotonic() + seconds * len(targets)
    while time.monotonic() < end or len(seen[targets[0].name]) < FEWEST:
        for target in targets:
            seen[target.name].append(ask(target))
    return {name: _cost(taken) for name, taken in seen.items()}


def _cost(taken: list[tuple[float, float]]) -> Cost:
    processor = statistics.median(spent for spent, _ in taken)
    return Cost(processor * 1000, statistics.median(wall for _, wall in taken) * 1000, len(taken))
