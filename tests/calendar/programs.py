"""Programs of other people that talk to the real server: run as a person would run them, in a folder of the test."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.calendar.conftest import Device

LONGEST = 120  # seconds that a program may take on a busy machine
MODULES = Path(sys.prefix) / "javascript" / "node_modules"
SCRIPT = Path(__file__).parent / "javascript" / "run.cjs"
VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair all]
a = "here"
b = "there"
collections = ["from b"]
{more}
[storage here]
type = "filesystem"
path = "{folder}/local"
fileext = "{ending}"
[storage there]
type = "{kind}"
url = "{url}"
username = "{login}"
password = "{password}"
"""
KHAL = """
[calendars]
[[events]]
path = {folder}/local/events
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
default_timezone = Europe/Paris
local_timezone = Europe/Paris
[sqlite]
path = {folder}/khal.db
"""
TODOMAN = """
path = "{folder}/local/tasks*"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
default_list = "tasks"
cache_path = "{folder}/todoman.sqlite3"
"""


class Folder:
    """A folder that vdirsyncer keeps in step with all that a device sees from the bare host name on, and the programs
    that read and write there. `more` are further settings of the pair."""

    def __init__(self, phone: Device, folder: Path, kind: str = "caldav", more: str = "") -> None:
        login, password = phone.auth
        ending = ".ics" if kind == "caldav" else ".vcf"
        known = {"folder": folder, "login": login, "password": password, "url": phone.server.url}
        self._config = {name: folder / name for name in ("vdirsyncer", "khal", "todoman.py")}
        self._config["vdirsyncer"].write_text(VDIRSYNCER.format(kind=kind, ending=ending, more=more, **known))
        self._config["khal"].write_text(KHAL.format(**known))
        self._config["todoman.py"].write_text(TODOMAN.format(**known))
        self.local = folder / "local"
        self.run("vdirsyncer", "-c", str(self._config["vdirsyncer"]), "discover", typed="y\n" * 20)

    def sync(self, fails: str = "") -> Path:
        """Answers the local folder. `fails`: what it says when it is expected to find a conflict."""
        self.run("vdirsyncer", "-c", str(self._config["vdirsyncer"]), "sync", typed="y\n" * 20, fails=fails)
        return self.local

    def khal(self, *words: str, typed: str = "") -> str:
        return self.run("khal", "-c", str(self._config["khal"]), *words, typed=typed)

    def todo(self, *words: str) -> str:
        return self.run("todo", "--config", str(self._config["todoman.py"]), *words)

    def only(self, name: str) -> Path:
        """The one file in a collection."""
        (found,) = [path for path in (self.local / name).iterdir() if path.suffix in (".ics", ".vcf")]
        return found

    def run(self, program: str, *words: str, typed: str = "", fails: str = "") -> str:
        path = Path(sys.executable).with_name(program)
        assert path.exists(), f"{program} is not installed: bin/test installs what requirements-dev.lock lists."
        done = subprocess.run(
            [str(path), *words], input=typed, capture_output=True, text=True, timeout=LONGEST,
            env={**os.environ, "TZ": "Europe/Paris", "LC_ALL": "C.UTF-8", "HOME": str(self.local.parent)},
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert (done.returncode != 0 and fails in said) if fails else done.returncode == 0, said
        return done.stdout


def javascript(phone: Device, script: str, account: str = "caldav", **given: Any) -> Any:
    """What a script answers that is run by Node.js with the client tsdav; `client` and `given` are known to it."""
    assert MODULES.is_dir(), "The JavaScript client is not installed: bin/test installs it, with Node.js, on first use."
    login, password = phone.auth
    order = {"server": phone.server.url, "login": login, "password": password, "account": account}
    done = subprocess.run(
        ["node", str(SCRIPT)], input=json.dumps({**order, "script": script, "given": given}),
        capture_output=True, text=True, timeout=LONGEST, env={**os.environ, "NODE_PATH": str(MODULES)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
