"""The papers know every setting, command and address, and stay short."""

import re

import click
import pytest

from crmlite.cli import commands
from crmlite.settings import SETTINGS
from tests.house.source import ROOT

MOST_LINES = {"README.md": 120, "ARCHITECTURE.md": 120, "CONTRIBUTING.md": 120}
PAPERS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md", "LICENSE")


def read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text() for name in names)


def guides() -> str:
    """What an operator reads."""
    return read("README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))


@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_are_there(name):
    assert len((ROOT / name).read_text()) > 300


@pytest.mark.parametrize("name", MOST_LINES)
def test_a_paper_that_everybody_reads_is_short(name):
    assert len((ROOT / name).read_text().splitlines()) <= MOST_LINES[name]


@pytest.mark.parametrize("setting", [setting.name for setting in SETTINGS])
def test_every_setting_is_in_the_readme(setting):
    assert re.search(rf"\b{setting}\b", read("README.md"))


def test_every_command_is_explained():
    known, text = list(all_commands(commands, "crmlite")), guides()
    assert len(known) >= 8
    assert not [command for command in known if command not in text]


def test_every_option_that_the_guides_name_exists():
    options = {
        option for _, command in walk(commands, "crmlite") for one in command.params for option in one.opts
    }
    for line in re.findall(
        r"^.*\bcrmlite (?:serve|migrate|user|device|demo|backup|restore|check)\b.*$", guides(), re.M
    ):
        for option in re.findall(r"(?<=\s)--[a-z-]+", line.split("crmlite ", 1)[1]):
            assert option in options, line


def test_every_noun_of_an_address_is_in_a_paper(server):
    nouns = {rule.rule.split("/")[1] for rule in server.app.url_map.iter_rules()} - {""}
    text = read("README.md", "ARCHITECTURE.md")
    missing = {noun for noun in nouns if f"/{noun.split('.')[0]}" not in text and noun != "favicon.ico"}
    assert not missing


def test_links_between_the_papers_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def all_commands(group: click.Group, name: str):
    return (path for path, _ in walk(group, name))


def walk(group: click.Group, name: str):
    """Every command with the words that call it."""
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from walk(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command
