"""Settings: where they come from, and what is said about bad ones."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crmlite.settings import SETTINGS, BadSetting, load, wants_postgresql


def test_every_setting_has_a_default_that_runs(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path / "data")
    assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 4)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.sqlite_file == tmp_path / "data" / "crmlite.db"


def test_environment_wins_over_file_and_override_over_both(tmp_path: Path) -> None:
    (tmp_path / "crmlite.toml").write_text('port = 1111\nthreads = 7\nhost = "::1"')
    settings = load({"CRMLITE_DATA": str(tmp_path), "PORT": "2222", "THREADS": "6"}, port=3333)
    assert (settings.port, settings.threads, settings.host) == (3333, 6, "::1")
    assert settings.public_url == "http://[::1]:3333"


def test_a_file_may_stand_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(f'data = "{tmp_path}/other"\nlog_format = "json"')
    settings = load({"CRMLITE_CONFIG": str(tmp_path / "my.toml")})
    assert (settings.data, settings.log_format) == (tmp_path / "other", "json")


def test_an_empty_variable_counts_as_absent(tmp_path: Path) -> None:
    assert load({"CRMLITE_DATA": str(tmp_path), "PORT": "", "DATABASE_URL": ""}).port == 8000


@pytest.mark.parametrize(
    ("name", "bad", "sentence"),
    [
        ("PORT", "eighty", "PORT must be a whole number from 0 to 65535 (it is 'eighty')."),
        ("THREADS", "0", "THREADS must be a whole number from 1 to 64 (it is '0')."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of text, json (it is 'xml')."),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must begin with sqlite:/// or postgresql://."),
        ("DATABASE_URL", "postgresql://host", "DATABASE_URL must name a database"),
        ("PUBLIC_URL", "crm.example.org", "PUBLIC_URL must be http:// or https:// and a host name"),
        ("CRMLITE_CONFIG", "/nowhere/x.toml", "which does not exist"),
    ],
)
def test_a_bad_value_is_refused_in_a_sentence(tmp_path: Path, name: str, bad: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        load({"CRMLITE_DATA": str(tmp_path), name: bad})
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("prot = 80", "prot in"), ("port = true", "port in"), ("port = ", "is not a sound TOML file")],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "crmlite.toml").write_text(text)
    with pytest.raises(BadSetting, match=sentence):
        load({"CRMLITE_DATA": str(tmp_path)})


def test_a_database_password_is_never_shown(tmp_path: Path) -> None:
    settings = load({"CRMLITE_DATA": str(tmp_path), "DATABASE_URL": "postgresql://ana:sesame@db/crm"})
    assert "sesame" not in repr(settings)
    assert settings.secret_key not in repr(settings)
    with pytest.raises(BadSetting) as refusal:
        load({"CRMLITE_DATA": str(tmp_path), "DATABASE_URL": "mysql://ana:sesame@db/crm"})
    assert "sesame" not in str(refusal.value)


def test_the_secret_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    env = {"CRMLITE_DATA": str(tmp_path / "data")}
    with ThreadPoolExecutor(8) as many:
        keys = {s.secret_key for s in many.map(lambda _: load(env), range(24))}
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_a_given_secret_key_leaves_no_file(tmp_path: Path) -> None:
    load({"CRMLITE_DATA": str(tmp_path), "SECRET_KEY": "x" * 40})
    assert not (tmp_path / "secret.key").exists()


def test_names_in_environment_and_file_agree() -> None:
    assert [s.field for s in SETTINGS] == [s.name.removeprefix("CRMLITE_").lower() for s in SETTINGS]


def test_the_kind_of_database_is_known_before_anything_is_made(tmp_path: Path) -> None:
    data = {"CRMLITE_DATA": str(tmp_path / "data")}
    assert not wants_postgresql(data)
    assert wants_postgresql(data | {"DATABASE_URL": "postgresql://db/crm"})
    (tmp_path / "my.toml").write_text('database_url = "postgres://db/crm"')
    assert wants_postgresql(data | {"CRMLITE_CONFIG": str(tmp_path / "my.toml")})
    assert not (tmp_path / "data").exists()
