"""Eight people who write at the same time: how many writes, how long they wait, and that none fails."""

import threading
import time
from typing import NamedTuple

from bench.client import Request, Visitor
from bench.houses import EMAIL, PASSWORD, House
from bench.menu import FORM, OPEN, signed_in
from bench.processes import Server

PEOPLE = 8


class Rush(NamedTuple):
    """Times in milliseconds; `failed` are answers other than 200, with their status."""

    writes: int
    per_second: float
    median: float
    slowest: float
    failed: list[int]


def rush(house: House, server: Server, seconds: float) -> Rush:
    leads = [row[0] for row in house.ask(f"SELECT id FROM leads WHERE status IN {OPEN} ORDER BY id LIMIT 40")]
    walls: list[float] = []
    failed: list[int] = []
    first = Visitor(server)
    signed_in(first, EMAIL, PASSWORD)
    end = time.monotonic() + seconds

    def write(person: int) -> None:
        visitor = Visitor(server, dict(first.headers))
        number = 0
        while time.monotonic() < end:
            number += 1
            lead = leads[(person * 7 + number) % len(leads)]
            body = f"company=Rush+{person}+{number}".encode()
            answer = visitor.ask(Request("POST", f"/leads/{lead}/cells/company", body, FORM))
            walls.append(answer.wall * 1000)
            if answer.status != 200:
                failed.append(answer.status)

    threads = [threading.Thread(target=write, args=(person,)) for person in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    walls.sort()
    return Rush(len(walls), len(walls) / seconds, walls[len(walls) // 2], walls[-1], failed)
