"""Repetition in the words of the form."""

from datetime import date

import pytest

from crmlite.ics.rule import parse
from crmlite.rules.repeats import REPEATS, Repeat, read, sentence, write

PARIS = "Europe/Paris"


@pytest.mark.parametrize("word", [word for word in REPEATS if word])
def test_every_word_of_the_form_is_a_rule_and_is_read_back(word):
    for until in (None, date(2026, 12, 31)):
        for all_day in (False, True):
            text = write(Repeat(word, until), all_day, PARIS)
            parse(text)
            assert read(text, PARIS) == Repeat(word, until)


def test_no_repetition_is_no_rule():
    assert write(Repeat("", None), False, PARIS) == ""
    assert read("", PARIS) == Repeat("", None)


def test_the_last_day_counts_whole_in_the_zone_of_the_event():
    assert write(Repeat("daily", date(2026, 7, 31)), False, PARIS) == "FREQ=DAILY;UNTIL=20260731T215959Z"
    assert write(Repeat("daily", date(2026, 7, 31)), True, PARIS) == "FREQ=DAILY;UNTIL=20260731"
    for zone in ("Pacific/Pago_Pago", "Pacific/Tongatapu"):
        text = write(Repeat("daily", date(2026, 7, 31)), False, zone)
        assert read(text, zone).until == date(2026, 7, 31)


def test_a_rule_of_a_phone_that_the_form_cannot_say_is_custom():
    assert read("FREQ=MONTHLY;BYDAY=2TU", PARIS).word == "custom"
    assert read("FREQ=DAILY;INTERVAL=3", PARIS).word == "custom"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "Every two weeks on Mon and Thu"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=6", "Every month on the last Fri, 6 times"),
        ("FREQ=YEARLY;UNTIL=20301231", "Every year until 2030-12-31"),
        ("FREQ=DAILY;INTERVAL=3", "Every 3 days"),
    ],
)
def test_a_rule_is_told_in_words(rule, words):
    assert sentence(rule, PARIS) == words


def test_a_rule_that_cannot_be_read_is_told_without_harm():
    assert sentence("nonsense", PARIS) == "Every time"
    assert read("FREQ=DAILY;UNTIL=soon", PARIS).until is None
