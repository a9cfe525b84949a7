"""Runs everything and prints the tables of docs/performance.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import tables
from bench.client import Request, Visitor
from bench.davmenu import phone, users
from bench.houses import EMAIL, PASSWORD, REP, House, export, floor_copy, house
from bench.measuring import Target, measure
from bench.menu import Operation, signed_in, untold, web
from bench.processes import TOP, Server, served
from bench.rush import rush
from bench.story import tell
from bench.weights import weigh

PAGES = ("/leads", "/leads?sort=company", "/opportunities", "/opportunities/board", "/partners", "/contacts")
FEWEST_LEADS = 1000


def main() -> None:
    asked = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    asked.add_argument(
        "--leads", type=int, default=100_000, help="size of the large data set; the small one has a tenth"
    )
    asked.add_argument(
        "--seconds", type=float, default=2, help="how long to measure each operation at each server"
    )
    asked.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "crmlite-bench",
                       help="where the data sets are kept between runs")  # fmt: skip
    asked.add_argument("--only", choices=("pages", "phone", "rest"), help="one part alone")
    options = asked.parse_args()
    if options.leads < FEWEST_LEADS:
        asked.error(f"--leads must be {FEWEST_LEADS} or more: the small data set needs a second page")
    with tempfile.TemporaryDirectory(prefix="crmlite-bench-run-") as folder:
        run = Path(folder)
        large = house(options.leads, options.cache, run)
        if options.only in (None, "pages"):
            small = house(options.leads // 10, options.cache, run)
            pages(large, small, run, options.seconds)
        if options.only in (None, "phone"):
            phones(large, run, options.seconds)
        if options.only in (None, "rest"):
            rest(large, run, options.seconds)


def pages(large: House, small: House, run: Path, seconds: float) -> None:
    """Each page and write at both sizes against the floor, in one run, in turn."""
    with ExitStack() as stack:
        sides = {}
        for size, made in (("large", large), ("small", small)):
            server = stack.enter_context(_ours(made.data))
            visitor = Visitor(server)
            signed_in(visitor, EMAIL, PASSWORD)
            told = untold(made)
            tell(visitor, told)
            menu = web(made, lambda path, visitor=visitor: visitor.ask(Request("GET", path)).text, told)
            served_there = _dishes(made, visitor, menu, run)
            floor = Visitor(stack.enter_context(_floor(made, served_there)))
            sides[size] = (visitor, menu, floor, Visitor(stack.enter_context(_gate(made, served_there))))
        rep = Visitor(sides["large"][0].server)
        signed_in(rep, *REP)
        costs = []
        for place, operation in enumerate(sides["large"][1]):
            targets = []
            for size, (visitor, menu, floor, gate) in sides.items():
                beneath = gate if operation.gate else floor
                targets.append(Target(size, visitor, menu[place].ours, menu[place].wanted))
                targets.append(Target(f"{size} floor", beneath, _dish(place), menu[place].wanted))
            if place == 0:
                targets.append(Target("rep", rep, menu[0].ours))
            costs.append((operation.name, measure(targets, seconds)))
    tables.show_pages(large.leads, small.leads, costs)


def phones(made: House, run: Path, seconds: float) -> None:
    """What a phone asks, against the floor and against stock Radicale with the same events in files."""
    (run / "radicale").mkdir()
    export(made, run / "radicale")
    ours_in, stock_in = users(made)
    with ExitStack() as stack:
        ours = Visitor(stack.enter_context(_ours(made.data)), ours_in)
        radicale = stack.enter_context(served(["-m", "bench.stock", str(run / "radicale")], {}))
        stock = Visitor(radicale, stock_in)
        menu = phone(made, ours, stock)
        floor = Visitor(stack.enter_context(_floor(made, _dishes(made, ours, menu, run))))
        costs = []
        for place, operation in enumerate(menu):
            assert operation.stock
            targets = [
                Target("crmlite", ours, operation.ours, operation.wanted),
                Target("floor", floor, _dish(place), operation.wanted),
                Target("radicale", stock, operation.stock, operation.wanted),
            ]
            costs.append((operation.name, measure(targets, seconds)))
    tables.show_phone(costs)


def rest(made: House, run: Path, seconds: float) -> None:
    """Start, memory, weight, queries, and eight people writing at once."""
    lines: list[tuple[str, str]] = []
    starts = [_cold_start(made.data) for _ in range(3)]
    lines.append(("Start to first page, large data set", f"{min(starts):.2f} s"))
    empty = run / "empty"
    with _ours(empty) as server:
        fresh = server.megabytes()
        Visitor(server).ask(Request("GET", "/welcome"))
        lines.append(
            (
                "Memory (PSS), fresh, empty database",
                f"{fresh:.1f} MB, {server.megabytes():.1f} MB after a page",
            )
        )
    with _ours(made.data) as server:
        visitor = Visitor(server)
        signed_in(visitor, EMAIL, PASSWORD)
        for path in PAGES:
            visitor.ask(Request("GET", path))
        weight = weigh(visitor, "/leads")
        lines.append(("Leads page on the wire, cold, fonts apart", f"{weight.cold / 1000:.1f} kB"))
        for path, size in weight.parts.items():
            lines.append((f"  of it {path.rsplit('/', 1)[-1]}", f"{size / 1000:.1f} kB"))
        lines.append(("Leads page on the wire, warm", f"{weight.warm / 1000:.1f} kB"))
        result = rush(made, server, max(seconds, 5))
        lines.append(("Eight people writing at once", f"{result.writes} edits, {len(result.failed)} failed"))
        pace = f"{result.per_second:.0f} a second, median {result.median:.0f} ms"
        lines.append(("", f"{pace}, slowest {result.slowest:.0f} ms"))
        lines.append(("Memory (PSS) after all this, large data set", f"{server.megabytes():.1f} MB"))
    env = os.environ | {"CRMLITE_DATA": str(made.data), "PYTHONPATH": str(TOP)}
    counted = subprocess.run([sys.executable, "-m", "bench.queries", EMAIL, *PAGES],
                             env=env, cwd=TOP, capture_output=True, text=True, check=True)  # fmt: skip
    for path, number in json.loads(counted.stdout).items():
        lines.append((f"Queries for {path}", str(number)))
    tables.show_rest(lines)


@contextmanager
def _ours(data: Path) -> Iterator[Server]:
    env = {"CRMLITE_DATA": str(data), "PORT": "0"}
    with served(["-m", "crmlite", "serve"], env) as server:
        yield server


def _dishes(made: House, visitor: Visitor, menu: list[Operation], run: Path) -> Path:
    """What crmlite answers just now and what it takes to ask for it, for the floors to serve."""
    dishes = {}
    for place, operation in enumerate(menu):
        answer = visitor.ask(operation.ours(0))
        assert answer.status in operation.wanted, (operation.name, answer.status, answer.text[:300])
        body = run / f"{made.leads}-{place}-{len(menu)}.body"
        body.write_bytes(answer.content)
        dishes[f"/{place}"] = {
            "body": str(body),
            "sql": operation.sql,
            "values": operation.values,
            "writes": operation.writes,
            "gate": operation.gate,
            "level": operation.level if answer.headers["Content-Encoding"] else 0,
            "type": answer.headers["Content-Type"] or "text/plain",
            "status": f"{answer.status} As Before",
        }
    written = run / f"{made.leads}-{len(menu)}.json"
    written.write_text(json.dumps(dishes))
    return written


@contextmanager
def _floor(made: House, dishes: Path) -> Iterator[Server]:
    copy = floor_copy(made, made.data.with_name(f"floor-{made.leads}"))
    with served(["-m", "bench.floor", str(copy), str(dishes)], {}) as server:
        yield server


@contextmanager
def _gate(made: House, dishes: Path) -> Iterator[Server]:
    copy = floor_copy(made, made.data.with_name(f"gate-{made.leads}"))
    with served(["-m", "bench.gate", EMAIL, str(dishes)], {"CRMLITE_DATA": str(copy.parent)}) as server:
        yield server


def _dish(place: int) -> Callable[[int], Request]:
    request = Request("GET", f"/{place}")
    return lambda number: request


def _cold_start(data: Path) -> float:
    began = time.perf_counter()
    with _ours(data) as server:
        answer = Visitor(server).ask(Request("GET", "/sign-in"))
        assert answer.status == 200
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
