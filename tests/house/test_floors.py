"""Who may import whom: downwards or on the same floor, never in circles, never inside a function."""

import ast

import pytest

from crmlite.models.tables import TABLES
from tests.house.source import imports, ours, trees

FLOORS = {
    "errors": 0,
    "clock": 0,
    "settings": 0,
    "ics": 0,
    "vcf": 0,
    "mail": 0,  # the way out for mail; knows no records
    "logs": 0,  # a wrapper around any WSGI application; knows nothing of ours
    "proxies": 0,  # likewise
    "later": 0,  # libraries that few requests need
    "assets": 0,  # static files and their addresses
    "models": 1,
    "rules": 2,
    "lists": 3,
    "blueprints": 4,
    "calendar": 4,
    "app": 5,
    "cli": 5,
    "serve": 5,
    "worker": 5,
    "__main__": 5,
}
KEPT_TO = {
    "flask": {"blueprints", "app"},
    "flask_login": {"blueprints"},
    "htmx_flask": {"blueprints"},
    "jinja2": {"blueprints", "app"},
    "radicale": {"calendar"},
    "icalendar": {"ics"},
    "recurring_ical_events": {"ics"},
    "zoneinfo": {"clock", "ics"},
    "waitress": {"serve"},
    "click": {"cli", "serve"},
}
QUERIES = {"select", "where", "order_by", "get_or_none", "get_by_id", "group_by", "left_outer_join"}
QUERYING = {"models", "rules", "lists"}
PEEWEE_ELSEWHERE = {"Database", "PeeweeException"}  # handing the database on, and seeing it fail


def room(name: str) -> str:
    """crmlite.rules.gate -> rules."""
    return name.split(".")[1] if "." in name else ""


def test_every_room_has_a_floor():
    assert {room(name) for name in trees()} - {""} <= set(FLOORS)


@pytest.mark.parametrize("name", sorted(trees()))
def test_imports_lead_downwards(name):
    if name == "crmlite":
        assert not ours(name)
        return
    floor = FLOORS[room(name)]
    upwards = {other for other in ours(name) if FLOORS[room(other)] > floor}
    assert not upwards, f"{name} reaches up to {upwards}"
    if floor == 4:
        across = {other for other in ours(name) if FLOORS[room(other)] == 4 and room(other) != room(name)}
        assert not across, f"{name} enters by another door: {across}"


def test_nothing_is_imported_in_circles():
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"a circle: {' -> '.join((*path[path.index(name) :], name))}"
        if name in done:
            return
        for other in sorted(ours(name) - {name}):
            walk(other, (*path, name))
        done.add(name)

    for name in trees():
        walk(name, ())


@pytest.mark.parametrize("name", sorted(trees()))
def test_nothing_is_imported_inside_a_function(name):
    for node in ast.walk(trees()[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
            assert not inside, f"{name}, line {inside[0].lineno}"


@pytest.mark.parametrize("library", sorted(KEPT_TO))
def test_a_library_is_known_only_where_it_belongs(library):
    users = {room(name) for name in trees() if library in {module.split(".")[0] for module in imports(name)}}
    assert users <= KEPT_TO[library]


def test_only_models_rules_and_lists_speak_the_query_language():
    found = []
    for name, tree in trees().items():
        if room(name) in QUERYING or name == "crmlite":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in QUERIES
            ):
                found.append(f"{name}:{node.lineno} .{node.func.attr}()")
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (
                "peewee",
                "playhouse",
            ):
                strange = {alias.name for alias in node.names} - PEEWEE_ELSEWHERE
                found += [f"{name}:{node.lineno} {one}" for one in strange]
    assert not found


def test_references_between_tables_point_backwards():
    order = {table: place for place, table in enumerate(TABLES)}
    for table in TABLES:
        for field in table._meta.refs:
            assert order[field.rel_model] <= order[table], f"{table.__name__}.{field.name} points forwards"
