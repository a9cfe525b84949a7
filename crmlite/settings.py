"""Every setting in one table: environment variables, then a TOML file, then defaults that run."""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgres")


class BadSetting(ValueError):
    """A setting that cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Settings:
    data: Path
    database_url: str = field(repr=False)
    host: str
    port: int
    public_url: str
    threads: int
    log_format: str
    log_level: str
    trusted_proxies: int
    session_days: int
    max_body_mb: int
    max_upload_mb: int
    smtp_url: str = field(repr=False)
    mail_from: str
    secret_key: str = field(repr=False)

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        path = self.database_url.removeprefix("sqlite:///")
        return Path(path) if path != self.database_url else None

    @property
    def uploads(self) -> Path:
        return self.data / "uploads"

    @property
    def max_body_bytes(self) -> int:
        return self.max_body_mb * 1024 * 1024

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * 1024 * 1024

    @property
    def max_request_bytes(self) -> int:
        """Of the largest request at any door: several files at once, with what is typed beside them."""
        return max(self.max_body_bytes, 3 * self.max_upload_bytes + 1024 * 1024)


def load(env: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings; `overrides` (by field name, None means absent) win over everything.

    Creates the data folder and, unless SECRET_KEY is given, the secret key file in it.
    Raises BadSetting with a sentence.
    """
    env = os.environ if env is None else env
    _refuse_unknown(overrides, "an override")
    given = {name: str(value) for name, value in overrides.items() if value is not None}
    given = {s.field: env[s.name] for s in SETTINGS if env.get(s.name)} | given
    data = Path(given.get("data", "data")).absolute()
    filed = _read_toml(env.get("CRMLITE_CONFIG"), data)
    texts = {s.field: s.default for s in SETTINGS} | filed | given
    values = {s.field: _read(s, texts[s.field]) for s in SETTINGS}
    return Settings(**_complete(values))


def wants_postgresql(env: Mapping[str, str]) -> bool:
    """Whether the database is going to be PostgreSQL; creates nothing, and leaves bad settings to `load`."""
    data = Path(env.get("CRMLITE_DATA") or "data").absolute()
    try:
        url = env.get("DATABASE_URL") or _read_toml(env.get("CRMLITE_CONFIG"), data).get("database_url", "")
    except BadSetting:
        return True
    return url.startswith("postgres")


class Setting(NamedTuple):
    name: str  # the environment variable
    field: str  # in Settings and in the TOML file
    default: str  # as text; empty means computed, see the sentence
    sentence: str
    read: Callable[[str], Any]


def _text(text: str) -> str:
    return text.strip()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise BadSetting(f"must be a whole number from {least} to {most}")
        return number

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        for word in words:
            if text.strip().lower() == word.lower():
                return word
        raise BadSetting(f"must be one of {', '.join(words)}")

    return read


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _database(text: str) -> str:
    text = text.strip()
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme not in DATABASE_SCHEMES:
        raise BadSetting("must begin with sqlite:/// or postgresql://")
    if not parts.path.strip("/") or (parts.scheme == "sqlite" and parts.netloc):
        raise BadSetting("must name a database, as in sqlite:///folder/file.db or postgresql://host/name")
    return text


def _site(text: str) -> str:
    text = text.strip().rstrip("/")
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise BadSetting("must be http:// or https:// and a host name, with no path")
    return text


def _mail_server(text: str) -> str:
    text = text.strip()
    if not text:
        return text
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port or True)
    except ValueError:
        sound = False
    if not sound:
        raise BadSetting("must begin with smtp:// or smtps:// and name a host, as in smtp://user:password@host:587")
    return text


SETTINGS = (
    Setting(
        "CRMLITE_DATA", "data", "data", "folder for database, secret key, uploads and snapshots", _folder
    ),
    Setting(
        "DATABASE_URL",
        "database_url",
        "",
        "sqlite:///file or postgresql://user@host/name; else crmlite.db in CRMLITE_DATA",
        _database,
    ),
    Setting("HOST", "host", "127.0.0.1", "address to listen on; 0.0.0.0 for all", _text),
    Setting("PORT", "port", "8000", "port to listen on; 0 takes any free one", _whole(0, 65535)),
    Setting(
        "PUBLIC_URL",
        "public_url",
        "",
        "address people and phones use, behind a proxy for instance; without it http://HOST:PORT",
        _site,
    ),
    Setting("THREADS", "threads", "4", "requests served at the same time in one process", _whole(1, 64)),
    Setting("LOG_FORMAT", "log_format", "text", "text or json", _one_of("text", "json")),
    Setting("LOG_LEVEL", "log_level", "INFO", "DEBUG, INFO, WARNING or ERROR", _one_of(*LOG_LEVELS)),
    Setting(
        "TRUSTED_PROXIES",
        "trusted_proxies",
        "0",
        "how many reverse proxies in front are believed in their X-Forwarded-* headers",
        _whole(0, 8),
    ),
    Setting("SESSION_DAYS", "session_days", "30", "days a remembered sign-in lasts", _whole(1, 365)),
    Setting("MAX_BODY_MB", "max_body_mb", "10", "largest request accepted, in megabytes", _whole(1, 1024)),
    Setting("MAX_UPLOAD_MB", "max_upload_mb", "20", "largest file that can be attached, in megabytes", _whole(1, 500)),
    Setting(
        "SMTP_URL",
        "smtp_url",
        "",
        "mail server for reminders, digests, invitations, smtp://user:password@host:587 or smtps://; else no mail",
        _mail_server,
    ),
    Setting("MAIL_FROM", "mail_from", "", "sender of mails; without it crmlite@ the host of PUBLIC_URL", _text),
    Setting(
        "SECRET_KEY",
        "secret_key",
        "",
        "signs sessions; without it a key made once and kept in CRMLITE_DATA/secret.key",
        _text,
    ),
)


def _read(setting: Setting, text: str) -> Any:
    try:
        return setting.read(text)
    except BadSetting as problem:
        shown = "" if setting.field in ("secret_key", "database_url", "smtp_url") else f" (it is {text!r})"
        raise BadSetting(f"{setting.name} {problem}{shown}.") from None


def _read_toml(named: str | None, data: Path) -> dict[str, str]:
    path = Path(named) if named else data / "crmlite.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            raise BadSetting(f"CRMLITE_CONFIG names {path}, which does not exist.") from None
        return {}
    except OSError as problem:
        raise BadSetting(f"{path} cannot be read: {problem.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadSetting(f"{path} is not a sound TOML file: {problem}.") from None
    _refuse_unknown(content, str(path))
    for key, value in content.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise BadSetting(f"{key} in {path} must be a text or a whole number.")
    return {key: str(value) for key, value in content.items()}


def _refuse_unknown(given: Mapping[str, Any], where: str) -> None:
    known = [s.field for s in SETTINGS]
    for key in given:
        if key not in known:
            raise BadSetting(f"{key} in {where} is not a setting. Settings are {', '.join(known)}.")


def _complete(values: dict[str, Any]) -> dict[str, Any]:
    data = values["data"]
    _make_folder(data)
    host = "localhost" if values["host"] in ("0.0.0.0", "::") else values["host"]
    host = f"[{host}]" if ":" in host else host
    values["database_url"] = values["database_url"] or f"sqlite:///{data / 'crmlite.db'}"
    values["public_url"] = values["public_url"] or f"http://{host}:{values['port']}"
    values["secret_key"] = values["secret_key"] or _kept_secret(data / "secret.key")
    return values


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSetting(f"The data folder {data} cannot be made: {problem.strerror}.") from None


def _kept_secret(path: Path) -> str:
    try:
        if not path.exists():
            _write_secret(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSetting(f"The secret key file {path} cannot be used: {problem}.") from None
    if len(secret) < 32:
        raise BadSetting(f"The secret key file {path} is too short. Delete it to have a new one made.")
    return secret


def _write_secret(path: Path) -> None:
    """Write aside and link, so that of two processes starting together both keep the same key."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
