"""Generated calendars, and known ones with bytes exchanged, through the whole door: stored as sent or refused with a
reason, and changed on the web only where it was asked."""

from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlite.ics.lines import Component, Line, parse
from crmlite.models.events import Event
from crmlite.rules import events
from tests.calendar.conftest import SPACES, Device
from tests.ics.bodies import AWKWARD, event
from tests.ics.test_read import mutations

STAMPS = {"SUMMARY", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED"}
RANGE = 'start="20250101T000000Z" end="20280101T000000Z"'
EXPAND = f"<D:getetag/><C:calendar-data><C:expand {RANGE}/></C:calendar-data>"
SPAN = f'<C:comp-filter name="VEVENT"><C:time-range {RANGE}/></C:comp-filter>'
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)
SEEDED = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def generated(draw: st.DrawFn) -> str:
    """A sound event of any shape: dates, zones, rules, alarms, properties and components nobody knows."""
    moment = draw(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1))).strftime("%Y%m%dT%H%M%S")
    start = draw(
        st.sampled_from(
            [f"DTSTART:{moment}Z", f"DTSTART:{moment}", f"DTSTART;VALUE=DATE:{moment[:8]}",
             f"DTSTART;TZID=Europe/Paris:{moment}", f'DTSTART;TZID="Pacific/Auckland":{moment}',
             f"DTSTART;TZID=Pacific Standard Time:{moment}"]
        )
    )  # fmt: skip
    rules = ["FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;INTERVAL=2"]
    lines = [f"RRULE:{draw(st.sampled_from(rules))}"] if draw(st.booleans()) else []
    number = draw(st.integers(0, 4))
    lines += [f'X-{draw(st.sampled_from(["A", "b-C", "9"]))};P="{at};,:":{draw(WORDS)}' for at in range(number)]
    lines += [f"DESCRIPTION:{draw(WORDS).replace(chr(92), '')}", f"SUMMARY:{draw(WORDS).replace(chr(92), '')}"]
    if draw(st.booleans()):
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{draw(st.integers(0, 999))}M", "END:VALARM"]
    if draw(st.booleans()):
        lines += ["BEGIN:X-BOX", f"X-INSIDE:{draw(WORDS)}", "END:X-BOX"]
    return event(*lines, uid=draw(st.uuids()).hex, start=start)


def others(component: Component) -> list[str]:
    """Every line as sent, but for the subject and the stamps of a change."""
    told: list[str] = [component.begin.raw, component.end.raw]
    for item in component.items:
        if isinstance(item, Line):
            told += [item.raw] if item.name not in STAMPS else []
        else:
            told += others(item)
    return told


def goes_through(phone: Device, text: str) -> bool:
    """Whether it was stored; then it comes back as it was sent, is found, and bears a web edit."""
    path = "tasks/x.ics" if "BEGIN:VTODO" in text.upper() else "events/x.ics"
    answer = phone.put(path, data=text.encode(), headers={"Content-Type": "text/calendar"})
    assert answer.status_code < 500, text
    if answer.status_code not in (201, 204):
        assert answer.status_code in (403, 409) and "error" in answer.text, text
        return False
    assert phone.get(path).content == text.encode()
    home = path.partition("/")[0] + "/"
    assert phone.query(home, SPAN, EXPAND).status in (207, 403)
    row = Event.get((Event.href == "x.ics") & Event.deleted_at.is_null())
    before = row.ics
    events.save(row, {"subject": "Changed on the web"}, phone.me)
    after = phone.get(path).content.decode()
    assert others(parse(after)) == others(parse(before)), text
    shown = phone.changes(home, props="<C:calendar-data/>").found
    assert [one.text("C:calendar-data") for one in shown] == [after]
    assert phone.delete(path).status_code == 204
    return True


@SEEDED
@given(text=generated())
def test_a_sound_event_is_always_taken_and_kept(phone, text):
    assert goes_through(phone, text), text


@SEEDED
@given(text=mutations())
def test_a_damaged_event_is_kept_as_it_is_or_refused(phone, text):
    goes_through(phone, text)


def test_known_calendars_go_through(phone):
    for name, text in AWKWARD.items():
        assert goes_through(phone, text), name


@SEEDED
@given(body=st.one_of(WORDS, st.sampled_from(["<D:prop", f"<C:calendar-query {SPACES}/>", f"<D:propfind {SPACES}/>"])))
def test_no_request_breaks_the_door(phone, body):
    for method in ("PROPFIND", "REPORT", "PROPPATCH", "MKCALENDAR", "PUT"):
        target = "new/" if method == "MKCALENDAR" else "events/"
        assert phone.request(method, target, data=body.encode()).status_code < 500, (method, body)
