"""What the migrations build is what the models describe, on every engine."""

import pytest
from peewee import AutoField, BigAutoField, BooleanField, ForeignKeyField

from crmlite.models.base import is_sqlite
from crmlite.models.tables import TABLES
from tests.house.source import ROOT

# How each engine spells the types of the models.
SPELLINGS = {
    "sqlite": {
        "AUTO": "INTEGER",
        "BIGAUTO": "INTEGER",
        "INT": "INTEGER",
        "BIGINT": "INTEGER",
        "BOOL": "INTEGER",
        "DOUBLE": "REAL",
        "JSON": "TEXT",
    },
    "postgresql": {
        "AUTO": "INTEGER",
        "BIGAUTO": "BIGINT",
        "BLOB": "BYTEA",
        "INT": "INTEGER",
        "BOOL": "BOOLEAN",
        "DOUBLE": "DOUBLE PRECISION",
        "JSON": "JSONB",
        "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    },
}
TABLES_WITHOUT_MODEL = {"counters", "search", "schema_migration"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.table_name)
def test_a_table_has_the_columns_of_its_model(db, table):
    built = {column.name: column for column in db.get_columns(table._meta.table_name)}
    described = {field.column_name: field for field in table._meta.sorted_fields}
    assert set(built) == set(described)
    for name, field in described.items():
        assert built[name].null == field.null or is_sqlite() and field.primary_key, f"{name} may be empty"
        assert kind(built[name].data_type) == kind(wanted(field)), name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.table_name)
def test_what_must_be_unique_is(db, table):
    built = {tuple(index.columns) for index in db.get_indexes(table._meta.table_name) if index.unique}
    for field in table._meta.sorted_fields:
        if field.unique and not isinstance(field, AutoField | BigAutoField):
            assert (field.column_name,) in built, field.name
    for names, unique in table._meta.indexes:
        if unique:
            assert tuple(table._meta.fields[name].column_name for name in names) in built, names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.table_name)
def test_references_lead_to_the_table_that_the_model_names(db, table):
    built = {
        key.column: (key.dest_table, key.dest_column) for key in db.get_foreign_keys(table._meta.table_name)
    }
    for field in table._meta.refs:
        assert built.get(field.column_name) == (
            field.rel_model._meta.table_name,
            field.rel_field.column_name,
        ), field.name


def test_no_table_is_left_over(db):
    models = {table._meta.table_name for table in TABLES}
    built = {name for name in db.get_tables() if not name.startswith(("search_", "sqlite_"))}
    assert built == models | TABLES_WITHOUT_MODEL


def test_migrations_import_nothing_of_the_program():
    for path in (ROOT / "migrations").glob("*.py"):
        assert "crmlite" not in path.read_text(), path.name


def wanted(field) -> str:
    if isinstance(field, ForeignKeyField):
        return "INT"
    return "BOOL" if isinstance(field, BooleanField) else field.field_type


def kind(name: str) -> str:
    """One word for the spellings of a type."""
    words = SPELLINGS["sqlite" if is_sqlite() else "postgresql"]
    plain = name.upper()
    return words.get(plain, words.get(plain.split("(")[0], plain))
