"""One word per concept: the ones that were not chosen appear in no name, no label and no address."""

import ast
import re

from tests.house.source import templates, trees

# Never -> the word of the house (ARCHITECTURE.md, the table of words).
NEVER = {
    "track": "lead",
    "deal": "opportunity",
    "activity": "event",
    "activities": "event",
    "series": "recurrence",
    "goal": "objective",
    "quota": "objective",
    "quotation": "quote",
    "assignee": "owner",
    "audit": "journal",
    "appointment": "event",
}
WHERE_ELSE = {
    ("crmlite.ics", "series"): "a text of calendar standards, which call it so",
    ("crmlite.calendar", "series"): "likewise, towards clients",
}
PARTNER_WORDS = re.compile(r"\b(third part(y|ies)|account compan(y|ies))\b", re.IGNORECASE)
SHOWN = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<[^>]*>", re.DOTALL)
LABELS = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')
STRINGS_SHOWN = re.compile(r'"([A-Z][^"{}]*)"')


def test_no_other_word_names_a_thing_in_the_program():
    found = [
        f"{module}: {name} (say {NEVER[word]})"
        for module, tree in trees().items()
        for name in names(tree)
        for word in spoken(name)
        if word in NEVER and not excused(module, word)
    ]
    assert not found


def test_no_other_word_reaches_the_reader():
    found = []
    for path in templates():
        text = path.read_text()
        shown = " ".join([SHOWN.sub(" ", text), *LABELS.findall(text), *STRINGS_SHOWN.findall(text)])
        found += [
            f"{path.name}: {word}" for word in re.findall(r"[a-z]+", shown.lower()) if singular(word) in NEVER
        ]
        found += [f"{path.name}: {one[0]}" for one in PARTNER_WORDS.findall(shown)]
    assert not found


def test_no_other_word_is_told_in_a_sentence():
    found = [
        f"{module}:{node.lineno}: {word}"
        for module, tree in trees().items()
        if not module.startswith(("crmlite.rules.demo", "crmlite.ics"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"[A-Z][^\n]* ", node.value)
        for word in re.findall(r"[a-z]+", node.value.lower())
        if singular(word) in NEVER and not excused(module, singular(word))
    ]
    assert not found


def test_no_other_word_stands_in_an_address(server):
    nouns = {
        noun for rule in server.app.url_map.iter_rules() for noun in re.findall(r"[a-z]+", plain(rule.rule))
    }
    assert not {noun for noun in nouns if singular(noun) in NEVER}


def test_addresses_hold_no_verbs(server):
    verbs = {
        "create",
        "edit",
        "update",
        "delete",
        "new",
        "save",
        "add",
        "remove",
        "convert",
        "assign",
        "move",
        "lose",
    }
    found = [
        rule.rule for rule in server.app.url_map.iter_rules() if verbs & set(plain(rule.rule).split("/"))
    ]
    assert not found


def test_every_change_is_a_post(server):
    methods = {method for rule in server.app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_the_sieve_tells_a_word_from_a_part_of_it():
    assert "deal" in spoken("open_deals") and "deal" in spoken("DealList")
    assert "deal" not in spoken("dealer") and "track" not in spoken("tracker_off")


def names(tree: ast.Module) -> set[str]:
    """What the module itself gives a name: modules' attributes of others are theirs."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def spoken(name: str) -> set[str]:
    """The words of a name, in the singular: open_deals and OpenDeals alike."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return {singular(part.lower()) for part in parts}


def singular(word: str) -> str:
    return word if word in NEVER else word.removesuffix("s")


def plain(rule: str) -> str:
    return re.sub(r"<[^>]*>", "", rule)


def excused(module: str, word: str) -> bool:
    return any(module.startswith(start) and word == other for start, other in WHERE_ELSE)
