"""Everything is written through the gate; the few other hands are listed here, each with its reason."""

import ast

from tests.house.source import trees

WRITES = {
    "insert",
    "insert_many",
    "insert_from",
    "replace",
    "replace_many",
    "delete",
    "delete_by_id",
    "delete_instance",
    "update",
    "set_by_id",
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
}
ALLOWED = {
    "crmlite.rules.gate": "the gate itself",
    "crmlite.rules.writing": "the hand of the gate; only the gate may call it",
    "crmlite.models.statements": "keeps the text of what the hand of the gate writes",
    "crmlite.rules.sync": "calendar sequence, tombstones and the index of occurrences, called by the gate",
    "crmlite.rules.invited": "what the calendars of invitations heard of, called by the gate",
    "crmlite.rules.ringing": "the index of reminders over calendar texts, called by the gate and by the worker",
    "crmlite.rules.digests": "which digests went out: no record, and nobody changes it",
    "crmlite.rules.search_index": "search rows, called by the gate",
    "crmlite.rules.throttle": "failed sign-ins are counted, they are nobody's record",
    "crmlite.rules.upkeep": "forgotten failed sign-ins are dropped",
    "crmlite.lists.export": "saves a workbook, which is a file",
    "crmlite.rules.bodies": "bytes behind a digest: never changed, part of the transaction of their document",
    "crmlite.lists.setup_profile": "a QR code is saved into memory, not into the database",
    "crmlite.rules.images": "pictures are saved into memory, not into the database",
    "crmlite.rules.imports": "files that people bring and how far their rows came; the records go through the gate",
    "crmlite.rules.jobs": "work for later; no record, and part of the transaction that wants it",
    "crmlite.rules.devices": "last use of a device, once a minute, without version and history",
    "crmlite.rules.pairings": "devices that wait for a yes: nobody's record, gone within minutes",
    "crmlite.rules.feeds": "last use of a feed, once a minute, without version and history",
    "crmlite.rules.demo.bulk_events": "a hundred thousand made-up events for the bench, in bulk",
    "crmlite.rules.demo.removal": "made-up rows go with their history, as if they had never been",
}
STATEMENTS = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE", "DROP", "ALTER", "CREATE")
HEALTH = "UPDATE counters SET value = value"  # the one write of /health: it changes nothing


def test_nobody_writes_beside_the_gate():
    found = [f"{name}:{line}" for name, line in writes() if name not in ALLOWED]
    assert not found


def test_only_the_gate_uses_its_hand():
    users = [
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module == "crmlite.rules.writing" or any(one.name == "writing" for one in node.names))
    ]
    assert set(users) == {"crmlite.rules.gate"}


def test_no_permission_to_write_outlives_its_use():
    users = {name for name, _ in writes()}
    unused = {name for name in ALLOWED if name in trees()} - users
    assert not unused, f"listed without need: {unused}"


def test_the_sieve_catches_each_way_of_writing():
    caught = """
Lead.create(name="x")
Lead.insert(name="x").execute()
model.update(name="x").where(model.id == 1).execute()
lead.save()
type(record).delete().execute()
lead.delete_instance()
database.execute_sql("DELETE FROM leads")
database.execute_sql(f"update {table} set x = 1")
statements.update(Lead, {"name": "x"}, id=1)
"""
    assert len(list(written(ast.parse(caught)))) == 9
    free = """
from crmlite.rules import events, gate
gate.create(Lead, {})
events.save(None, {})
facts.update(more)
database.execute_sql("SELECT 1")
text.replace("a", "b")
"""
    assert not list(written(ast.parse(free)))


def writes() -> list[tuple[str, int]]:
    return [(name, line) for name, tree in trees().items() for line in written(tree)]


def written(tree: ast.Module) -> list[int]:
    """Lines that write to the database: calls on a model or a record, and statements given as text."""
    modules = _module_names(tree)
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        verb, receiver = node.func.attr, node.func.value
        of_a_module = isinstance(receiver, ast.Name) and receiver.id in modules
        stated = verb == "execute_sql" and bool(node.args) and _writes(node.args[0])
        on_a_record = verb in ("save", "delete_instance") and not of_a_module
        on_a_model = verb in WRITES and _is_model(receiver)
        by_statement = verb in WRITES and isinstance(receiver, ast.Name) and receiver.id == "statements"
        if by_statement or stated or on_a_record or on_a_model:
            found.append(node.lineno)
    return found


def _module_names(tree: ast.Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _is_model(receiver: ast.expr) -> bool:
    """Lead, model, table, field.model, type(record), self.model."""
    if isinstance(receiver, ast.Name):
        return receiver.id[:1].isupper() or receiver.id in ("model", "table", "cls")
    if isinstance(receiver, ast.Attribute):
        return receiver.attr in ("model", "rel_model")
    return (
        isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "type"
    )


def _writes(statement: ast.expr) -> bool:
    """Text that is put together elsewhere counts as a write unless it begins as a question."""
    text = ""
    if isinstance(statement, ast.Constant) and isinstance(statement.value, str):
        text = statement.value
    elif isinstance(statement, ast.JoinedStr) and isinstance(statement.values[0], ast.Constant):
        text = str(statement.values[0].value)
    return text.lstrip().upper().startswith(STATEMENTS) and HEALTH not in text
