"""What browsers get: vendored files as they were, nothing inline, nothing from elsewhere; and what the
repository tells."""

import hashlib
import re

import pytest

from crmlite.assets import names
from tests.house.source import PACKAGE, ROOT, templates, tracked

VENDOR = PACKAGE / "static" / "vendor"
INLINE = {
    "an inline style": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script\b(?![^>]*\bsrc=)",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "hx-on": r"\bhx-on",
    "evaluated values": r"hx-(?:vals|headers)=[\"']\s*js:",
    "a filter on a trigger": r"hx-trigger=\"[^\"]*\[",
    "something from elsewhere": r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//",
    "a script address": r"(?:href|action)=[\"']javascript:",
}
UNSAFE = r"\beval\(|new Function\(|document\.write|set(?:Timeout|Interval)\(\s*[\"'`]"
# Put together from pieces, so that this file does not tell what it forbids.
REGISTRIES = (
    "py" + "pi.",
    "files.python" + "hosted",
    "registry." + "npm",
    "npm" + "js.",
    "proxy." + "golang",
    "crates" + ".io",
)
PLACES = ("/wo" + "rk/", "/tm" + "p/", "/root" + "/", "/home" + "/")
TEXT = {
    ".py",
    ".md",
    ".html",
    ".css",
    ".js",
    ".toml",
    ".lock",
    ".txt",
    ".yml",
    ".yaml",
    ".svg",
    ".cfg",
    ".ini",
    "",
}


def test_vendored_files_are_what_their_checksums_say():
    listed = dict(reversed(line.split()) for line in (VENDOR / "CHECKSUMS").read_text().splitlines())
    code = {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".woff2", ".ttf", ".css")}
    assert set(listed) == code
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_file_has_its_licence_beside_it():
    for stem in ("htmx", "sortable", "inter", "lucide", "dejavu"):
        assert len((VENDOR / f"{stem}.LICENSE.txt").read_text()) > 200


@pytest.mark.parametrize("what", INLINE)
def test_templates_hold_nothing_inline(what):
    pattern = re.compile(INLINE[what])
    found = [
        f"{path.relative_to(ROOT)}: {hit[0][:80]}"
        for path in templates()
        for hit in pattern.finditer(path.read_text())
    ]
    assert not found


def test_the_sieve_catches_what_it_is_for():
    bad = {
        "an inline style": '<p class="x" style="color: red">',
        "a style element": "<style>p {}</style>",
        "an inline script": "<script>go()</script>",
        "an event attribute": '<button onclick="go()">',
        "hx-on": '<p hx-on:click="go()">',
        "evaluated values": "<p hx-vals='js:{a: 1}'>",
        "a filter on a trigger": '<p hx-trigger="keyup[ctrlKey]">',
        "something from elsewhere": '<script src="https://cdn.example/x.js"></script>',
        "a script address": '<a href="javascript:go()">',
    }
    for what, pattern in INLINE.items():
        assert re.search(pattern, bad[what]), what


def test_scripts_evaluate_nothing():
    for path in (PACKAGE / "static" / "js").glob("*.js"):
        assert not re.search(UNSAFE, path.read_text()), path.name


def test_every_icon_and_asset_that_a_template_names_is_there():
    sprite = set(re.findall(r'id="([^"]+)"', (PACKAGE / "static" / "icons.svg").read_text()))
    for path in templates():
        text = path.read_text()
        icons = set(re.findall(r'ui\.icon\("([^"]+)"', text)) - sprite
        assert not icons, f"{path.name}: {icons}"
        for name in re.findall(r"asset\('([^'~]+)'\)", text):
            assert name in names(), f"{path.name}: {name}"


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine():
    found = []
    for path in tracked():
        if path.suffix not in TEXT or VENDOR in path.parents:
            continue
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in REGISTRIES if word in text.lower()]
        found += [
            f"{path.relative_to(ROOT)}: {word}"
            for word in PLACES
            if re.search(rf"(?<![\w.}}~*)]){re.escape(word)}", text)
        ]
    assert not found
