"""The digest by e-mail, against a real mail server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from crmlite import clock, mail
from crmlite.errors import Invalid
from crmlite.lists import digests as sending
from crmlite.models.digests import Digest
from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules import digests, events, gate, upkeep, users
from crmlite.rules.access import system
from tests import people
from tests.make import make_opportunity, make_partner

MONDAY = datetime(2026, 3, 23, 6, 0, tzinfo=UTC)  # 07:00 in Paris, six days before the clock goes forward
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def sunday() -> Iterator[None]:
    with clock.frozen(MONDAY - DAY - SECOND):
        yield


def want(by: Any, days: str = "daily", hour: int = 7, **values: Any) -> None:
    digests.choose(people.user("alice"), {"digest_days": days, "digest_hour": hour, **values}, by)


def plan(by: Any, start: datetime = MONDAY, **values: Any) -> Event:
    times = {"starts_at": start + timedelta(hours=3), "ends_at": start + timedelta(hours=4)}
    return events.save(None, {"kind": "meeting", "subject": "Visit", **times, **values}, by)


def every_day(by: Any) -> None:
    """Something to tell on each of them."""
    make_opportunity(by, "Forklifts")


def work(at: datetime) -> None:
    with clock.frozen(at):
        sending.deliver({})


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_nobody_gets_one_who_has_not_asked(alice, post):
    every_day(alice)
    work(MONDAY + timedelta(hours=3))
    assert post.taken == [] and not Digest.select().exists()


def test_it_comes_once_at_its_hour_and_tells_the_day(alice, post):
    want(alice)
    visit = plan(alice)
    plan(alice, kind="call", subject="Brandt & Söhne")
    events.save(None, {"kind": "task", "subject": "Price list", "due_date": date(2026, 3, 23)}, alice)
    events.save(None, {"kind": "task", "subject": "Samples", "due_date": date(2026, 3, 20)}, alice)
    partner = make_partner(alice, "Harbour Light")
    closing = {"expected_close_date": date(2026, 3, 27), "next_step": "Call", "amount": 31_000_00}
    sale = make_opportunity(alice, "Cold room", partner=partner.id, **closing)
    make_opportunity(alice, "Forklifts")
    work(MONDAY - SECOND)
    assert post.taken == []
    for later in (0, 30, 3600):
        work(MONDAY + later * SECOND)
    [message] = post.taken
    assert message["To"] == "alice@example.com"
    assert message["Subject"] == (
        "Mon 23 March: 1 meeting, 1 call, 1 task, 1 overdue, sales closing soon, sales without a next step"
    )
    assert message["List-Unsubscribe"] == "<https://crm.example/profile/mail>"
    text, html = text_of(message), html_of(message)
    assert f"10:00 – 11:00  Visit · meeting\nhttps://crm.example/events/{visit.id}\n" in text
    assert "all day  Price list · task" in text and "20 Mar  Samples · task" in text
    assert f"27 Mar  Cold room · Harbour Light · €\u00a031,000\nhttps://crm.example/opportunities/{sale.id}\n" in text
    order = [text.index(word) for word in ("OVERDUE", "TODAY", "CLOSING SOON", "WITHOUT A NEXT STEP", "-- ")]
    assert order == sorted(order)
    assert "Times are those of Europe/Paris. This mail comes at 07:00, every day." in text
    assert "Change or stop this mail: https://crm.example/profile/mail" in text
    assert f'<a href="https://crm.example/events/{visit.id}">Visit</a>' in html
    assert "Brandt &amp; Söhne" in html and "<script" not in html
    assert Digest.get().mailed_at == MONDAY


def test_what_is_done_or_cancelled_or_of_others_is_not_told(alice, bob, post):
    want(alice)
    plan(alice, subject="Stands")
    events.finish(plan(alice, subject="Finished"), alice)
    events.cancel(plan(alice, subject="Called off"), alice)
    plan(bob, subject="Of Bob")
    work(MONDAY)
    [message] = post.taken
    assert "Stands" in text_of(message)
    assert not [word for word in ("Finished", "Called off", "Of Bob") if word in text_of(message)]


def test_a_day_without_anything_sends_none_also_when_something_is_planned_later(alice, post):
    want(alice)
    work(MONDAY)
    plan(alice)
    work(MONDAY + timedelta(hours=1))
    assert post.taken == [] and Digest.get().done and Digest.get().mailed_at is None


@pytest.mark.parametrize(
    ("work_days", "days"), [("12345", "Mon Tue Wed Thu Fri Mon"), ("137", "Mon Wed Sun Mon"), ("", "")]
)
def test_on_working_days_it_keeps_to_those_of_the_person(alice, post, work_days, days):
    every_day(alice)
    gate.change(people.user("alice"), {"work_days": work_days}, alice)
    want(alice, "working")
    for number in range(8):
        work(MONDAY + number * DAY)
    subjects = [message["Subject"].partition(":")[0] for message in post.taken]
    assert [one.split()[0] for one in subjects] == days.split()


@pytest.mark.parametrize(
    ("zone", "hour", "first"),
    [
        ("Europe/Paris", 2, datetime(2026, 3, 29)),  # 02:00 is skipped
        ("Europe/Paris", 2, datetime(2026, 10, 25)),  # 02:00 comes twice
        ("Africa/Cairo", 0, datetime(2026, 4, 24)),  # midnight is skipped
        ("America/Havana", 0, datetime(2026, 11, 1)),  # midnight comes twice
        ("Pacific/Kiritimati", 23, datetime(2026, 6, 1)),  # 14 hours ahead
        ("Pacific/Pago_Pago", 0, datetime(2026, 6, 1)),  # 11 hours behind
        ("Asia/Kathmandu", 7, datetime(2026, 6, 1)),  # 5:45 ahead
        ("Australia/Lord_Howe", 2, datetime(2026, 10, 4)),  # goes forward by half an hour
    ],
)
def test_it_comes_once_on_each_day_of_every_zone_through_changes_of_the_clock(alice, post, zone, hour, first):
    """Hour by hour through three days around the change."""
    make_opportunity(alice, "Forklifts")
    start = clock.to_utc(first - DAY, zone)
    with clock.frozen(start - DAY):
        gate.change(people.user("alice"), {"zone": zone}, alice)
        want(alice, hour=hour)
    arrived = []
    for number in range(-1, 3 * 24 + 2):
        before = len(post.taken)
        moment = start + timedelta(hours=number)
        work(moment)
        arrived += [clock.to_wall(moment, zone)] * (len(post.taken) - before)
    days = [(first + number * DAY).date() for number in (-1, 0, 1)]
    told = [one for one in arrived if one.date() in days]
    assert [one.date() for one in told] == days
    assert all(one.hour in (hour, hour + 1) for one in told)


def test_after_a_restart_it_comes_late_but_not_when_its_day_is_over(alice, post):
    every_day(alice)
    want(alice)
    work(MONDAY + timedelta(hours=9))
    work(MONDAY + DAY + timedelta(hours=16, minutes=59))  # 23:59
    work(MONDAY + 2 * DAY + timedelta(hours=17))  # midnight
    subjects = [message["Subject"].partition(":")[0] for message in post.taken]
    assert subjects == ["Mon 23 March", "Tue 24 March"]


@pytest.mark.parametrize("refusal", ["451 Try again later", "554 No"])
def test_it_counts_as_sent_only_when_the_server_has_taken_it(alice, post, refusal):
    every_day(alice)
    want(alice)
    post.refusal = refusal
    moments = [MONDAY]
    work(MONDAY)
    for _ in range(3):
        row = Digest.get()
        assert not row.done and row.mailed_at is None
        work(row.retry_at - SECOND)
        assert Digest.get().tries == row.tries, "not before its time has come again"
        moments.append(row.retry_at)
        work(row.retry_at)
    assert [later - one for one, later in zip(moments, moments[1:], strict=False)] == [
        30 * SECOND,
        60 * SECOND,
        120 * SECOND,
    ]
    post.refusal = ""
    work(Digest.get().retry_at)
    work(MONDAY + timedelta(hours=5))
    assert len(post.taken) == 1 and Digest.get().done


def test_a_server_that_is_away_is_asked_again_for_everybody(alice, bob, post):
    for one in (alice, bob):
        make_opportunity(one, "Forklifts")
        digests.choose(people.user(one.name.split()[0].lower()), {"digest_days": "daily"}, one)
    there = mail._settings
    assert there
    mail.configure(replace(there, smtp_url="smtp://127.0.0.1:1"))
    work(MONDAY)
    assert Digest.select().count() == 1, "of no use to ask it for each"
    mail.configure(there)
    work(MONDAY + timedelta(hours=1))
    assert sorted(message["To"] for message in post.taken) == ["alice@example.com", "bob@example.com"]


def test_one_that_is_sent_again_after_a_crash_has_the_same_id(alice, post):
    every_day(alice)
    want(alice)
    work(MONDAY)
    Digest.delete().execute()  # as if the process had ended between the server's yes and our note
    work(MONDAY + 30 * SECOND)
    assert len({message["Message-ID"] for message in post.taken}) == 1
    work(MONDAY + DAY)
    assert len({message["Message-ID"] for message in post.taken}) == 2


def test_who_left_gets_none(alice, olive, post):
    every_day(alice)
    want(alice)
    users.deactivate(people.user("alice"), olive)
    work(MONDAY)
    assert post.taken == []


def test_it_tells_nothing_that_the_person_may_no_longer_see(alice, olive, post):
    want(alice)
    every_day(alice)
    partner = make_partner(olive, "Harbour Light", owner=people.user("bob").id)
    plan(alice, partner=partner.id)
    sale = make_opportunity(alice, "Cold room", expected_close_date=date(2026, 3, 27))
    gate.change(partner, {"owner": people.user("charlie").id, "team": None}, olive)
    gate.change(sale, {"owner": people.user("charlie").id, "team": None}, olive)
    work(MONDAY)
    [message] = post.taken
    assert "Visit" in text_of(message)
    assert "Harbour Light" not in str(message) and "Cold room" not in str(message)


def test_a_mail_holds_what_people_type_as_text_alone(alice, post):
    want(alice)
    plan(alice, subject="<script>x</script>\r\nBcc: all@example.com")
    work(MONDAY)
    [message] = post.taken
    assert message["Bcc"] is None and "<script" not in html_of(message)


def test_an_hour_that_has_passed_is_meant_from_tomorrow_on(alice, post):
    every_day(alice)
    with clock.frozen(MONDAY + timedelta(hours=5)):
        want(alice)
        sending.deliver({})
        assert post.taken == []
        want(alice, hour=14)
    work(MONDAY + timedelta(hours=7))
    assert post.taken == [], "the day had its turn"
    work(MONDAY + DAY + timedelta(hours=7))
    assert len(post.taken) == 1


def test_another_hour_or_zone_sends_no_second_one_on_the_same_day(alice, post):
    every_day(alice)
    want(alice)
    work(MONDAY)
    with clock.frozen(MONDAY + timedelta(minutes=5)):
        want(alice, hour=10)
        gate.change(people.user("alice"), {"zone": "America/New_York"}, alice)
    for hours in range(1, 22):
        work(MONDAY + timedelta(hours=hours))
    assert len(post.taken) == 1


def test_one_to_try_comes_at_once_and_the_own_one_of_the_day_still_does(alice, post):
    want(alice)
    with clock.frozen(MONDAY - timedelta(hours=2)):
        sending.send_now(people.user("alice"))
    [tried] = post.taken
    assert tried["Subject"] == "Mon 23 March: nothing planned" and "Nothing is planned today" in text_of(tried)
    every_day(alice)
    work(MONDAY)
    assert len({message["Message-ID"] for message in post.taken}) == 2


@pytest.mark.parametrize("values", [{"digest_days": "hourly"}, {"digest_hour": 24}, {"digest_hour": -1}])
def test_a_wish_that_cannot_be_is_refused(alice, values):
    with pytest.raises(Invalid) as refused:
        digests.choose(people.user("alice"), values, alice)
    assert set(refused.value.fields) == set(values)


def test_a_crowd_is_served_in_portions(alice, post):
    for number in range(sending.BATCH + 2):
        person = users.add_user(f"P{number}", f"p{number}@example.com", "rep", people.PASSWORD, system("cli"))
        digests.choose(person, {"digest_days": "daily", "digest_hour": 6}, system("cli"))
    with clock.frozen(MONDAY):
        assert sending.deliver({}) == MONDAY, "at once again"
        assert sending.deliver({}) == MONDAY + sending.EVERY
    assert Digest.select().where(Digest.day == MONDAY.date()).count() == sending.BATCH + 2


def test_old_rows_go_with_the_daily_upkeep(alice, post):
    every_day(alice)
    want(alice)
    work(MONDAY)
    with clock.frozen(MONDAY + 14 * DAY):
        upkeep.tidy({})
        assert Digest.select().count() == 1
    with clock.frozen(MONDAY + 16 * DAY):
        upkeep.tidy({})
        assert not Digest.select().exists()
    assert not Job.select().where(Job.kind == sending.KIND).exists(), "the clock door alone puts it down"
