"""The database handle, the time field and what every record carries."""

import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from peewee import (
    AutoField,
    BooleanField,
    Database,
    DatabaseProxy,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)
from playhouse.db_url import connect

database = DatabaseProxy()


def open_database(url: str) -> Database:
    """Bind the models to the database at `url` (sqlite:///path, postgresql://...). Raises ValueError."""
    if url.startswith("sqlite:"):
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        pragmas = {
            "journal_mode": "wal",
            "foreign_keys": 1,
            "busy_timeout": 10000,
            "synchronous": 1,
            "cache_size": -16000,
        }
        real: Database = SqliteDatabase(path, pragmas=pragmas, lock_type="IMMEDIATE")
    elif url.startswith(("postgres:", "postgresql:")):
        real = connect(url, options="-c timezone=UTC")
    else:
        raise ValueError(f"DATABASE_URL must begin with sqlite: or postgresql:, not “{url.split(':')[0]}:”.")
    database.initialize(real)
    return real


def is_sqlite() -> bool:
    return isinstance(database.obj, SqliteDatabase)


def fold(text: str) -> str:
    """Text blind to case and accents, for sorting and finding."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("ø", "o").replace("ł", "l")


class UtcDateTime(Field):
    """An aware moment. Fixed-width UTC text on SQLite, so that text order is time order; timestamptz on
    PostgreSQL. Refuses naive values."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: datetime | None) -> str | datetime | None:
        if value is None or not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name} needs an aware time, not {value!r}.")
        return stored_time(value)

    def python_value(self, value: str | datetime | None) -> datetime | None:
        return read_time(value)


def stored_time(value: datetime) -> str | datetime:
    """A moment as the bound database stores and compares it."""
    value = value.astimezone(UTC)
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite() else value


def read_time(value: str | datetime | None) -> datetime | None:
    """What the bound database returned for a moment -> aware UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value + "+00:00")
    return value.astimezone(UTC) if isinstance(value, datetime) else None


class Table(Model):
    class Meta:
        database = database
        legacy_table_names = False

    def as_values(self) -> dict[str, Any]:
        """Every column by attribute name, foreign keys as ids, times and dates as text: what the journal keeps."""
        return {name: plain(self.__data__.get(name)) for name in self._meta.fields}


def plain(value: Any) -> Any:
    """A column value as JSON can carry it; `revive` is the way back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def revive(model: type[Table], name: str, value: Any) -> Any:
    field = model._meta.fields[name]
    if isinstance(value, str) and isinstance(field, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and field.field_type == "DATE":
        return date.fromisoformat(value)
    return value


class Record(Table):
    """A row that people change: through the gate only."""

    concept: str = ""
    part_of: str = ""  # the link to the record without which this one is nothing
    closed_by: str = ""  # the column whose value closes it: changed, a record has taken a step

    id = AutoField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField(default=1)
    archived = BooleanField(default=False)
    deleted_at = UtcDateTime(null=True)

    def prepare(self) -> None:
        """Put derived columns right before the record is judged and written."""

    def problems(self) -> dict[str, str]:
        """What keeps this record from being sound: field -> a sentence that says what to do."""
        return {}

    @property
    def label(self) -> str:
        """What people call this record in lists, toasts and the history."""
        return str(getattr(self, "name", "")) or f"{self.concept} {self.id}"

    def closed_refusal(self) -> str:
        """Why this record can only be read as it stands, as a sentence that says what to do; empty where it is open.
        Undo leaves alone what was closed since."""
        return ""

    def search_text(self) -> str:
        """What the record is found by; empty means it is not searched."""
        return ""


STAMPS = frozenset({"id", "created_at", "created_by_id", "updated_at", "updated_by_id", "version", "seq"})


def text(limit: int = 200, **options: Any) -> TextField:
    """A text column that is never null; `limit` in characters is held by `too_long`."""
    field = TextField(default="", **options)
    field.limit = limit
    return field


def too_long(record: Table) -> dict[str, str]:
    """The sentence for each text longer than its column allows, and for characters no text may hold."""
    found = {}
    for name, field in record._meta.fields.items():
        limit = getattr(field, "limit", None)
        value = record.__data__.get(name)
        if limit and isinstance(value, str):
            if len(value) > limit:
                found[name] = f"This is {len(value):,} characters long; please keep it within {limit:,}."
            elif "\x00" in value:
                found[name] = "This holds a character that cannot be stored; please remove it."
    return found


def link(model: type[Table] | str, back: str = "+", **options: Any) -> ForeignKeyField:
    """An optional reference; the row pointed at is retired or binned, never dropped, so no index by itself:
    migrations add those that a query walks."""
    return ForeignKeyField(model, null=True, backref=back, on_delete="SET NULL", index=False, **options)
