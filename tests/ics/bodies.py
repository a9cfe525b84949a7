"""Calendar texts as clients send them, awkward ones first."""

from datetime import UTC, datetime

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def event(*lines: str, uid: str = "visit-1", start: str = "DTSTART:20260310T090000Z", extra: str = "") -> str:
    """One VEVENT; `extra` stands before it (VTIMEZONEs) or holds further components."""
    return wrapped(
        "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T080000Z", start, *lines, "END:VEVENT", extra=extra
    )


def task(*lines: str, uid: str = "task-1") -> str:
    return wrapped("BEGIN:VTODO", f"UID:{uid}", "DTSTAMP:20260101T080000Z", *lines, "END:VTODO")


def wrapped(*lines: str, extra: str = "") -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Elsewhere//Pocket 3//EN"]
    return "\r\n".join([*head, *filter(None, extra.split("\n")), *lines, "END:VCALENDAR", ""])


def private_zone(tzid: str, offset: str) -> str:
    part = ["BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}"]
    return "\n".join(["BEGIN:VTIMEZONE", f"TZID:{tzid}", *part, "END:STANDARD", "END:VTIMEZONE"])


OWN_SUMMER = """BEGIN:VTIMEZONE
TZID:Office hours
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE"""

WEEKLY = wrapped(
    "BEGIN:VEVENT",
    "UID:weekly-1",
    "DTSTAMP:20260101T080000Z",
    "DTSTART;TZID=Europe/Rome:20260302T090000",
    "DTEND;TZID=Europe/Rome:20260302T100000",
    "RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=MO",
    "EXDATE;TZID=Europe/Rome:20260309T090000",
    "SUMMARY:Monday call",
    'X-COLOUR;X-WHY="odd; but kept":teal',
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:weekly-1",
    "DTSTAMP:20260101T080000Z",
    "RECURRENCE-ID;TZID=Europe/Rome:20260316T090000",
    "DTSTART;TZID=Europe/Rome:20260317T140000",
    "DTEND;TZID=Europe/Rome:20260317T150000",
    "SUMMARY:Monday call on Tuesday",
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:weekly-1",
    "DTSTAMP:20260101T080000Z",
    "RECURRENCE-ID;TZID=Europe/Rome:20260323T090000",
    "DTSTART;TZID=Europe/Rome:20260323T090000",
    "DTEND;TZID=Europe/Rome:20260323T100000",
    "SUMMARY:Monday call with the board",
    "END:VEVENT",
)

MASTER = WEEKLY[WEEKLY.index("BEGIN:VEVENT") : WEEKLY.index("BEGIN:VEVENT", 200)]

AWKWARD = {
    "properties of a vendor": event('X-APPLE-PLACE;X-RADIUS=70;X-TITLE="Mill 3, yard":geo:45.4,9.1'),
    "quoted parameters": event('ATTENDEE;CN="Neri, Ada: sales; south":mailto:ada@mill.example'),
    "caret in a parameter": event("ORGANIZER;CN=Ada ^'the fox^' Neri:mailto:ada@mill.example", "SUMMARY:B"),
    "stray quotes in a parameter": event('ATTENDEE;CN="Ada "fox" Neri":mailto:ada@mill.example'),
    "two alarms": event(
        "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:x", "X-SNOOZE:1", "END:VALARM",
        "BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER;VALUE=DATE-TIME:20260310T080000Z", "END:VALARM",
    ),
    "an alarm switched off": event(
        "BEGIN:VALARM", "ACTION:NONE", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "END:VALARM",
    ),
    "an alarm that cannot be read": event("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:soon", "END:VALARM"),
    "exceptions": WEEKLY,
    "folded lines": event(
        "SUMMARY:A very long subject about the new saw line for the mill in th\r\n e valley\r\n\t and more",
    ),
    "folded with letters of two octets": event("DESCRIPTION:" + "è" * 30 + "\r\n " + "ü" * 40),
    "bare line feeds": event("SUMMARY:Unix", "LOCATION:Yard").replace("\r\n", "\n"),
    "colour, image and conference": event(
        "COLOR:turquoise", "IMAGE;VALUE=URI;DISPLAY=BADGE:https://mill.example/i.png",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Room:https://mill.example/1",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ),
    "an unknown component inside": event(
        "BEGIN:X-LOGBOOK", "X-ENTRY:1", "BEGIN:X-PAGE", "X-TEXT:a", "END:X-PAGE", "END:X-LOGBOOK",
    ),
    "participant of RFC 9073": event("BEGIN:PARTICIPANT", "UID:p1", "X-TYPE:SPEAKER", "END:PARTICIPANT"),
    "lower case": event(
        "summary:small", "location;language=it:cortile",
        "begin:valarm", "action:display", "trigger:-PT5M", "end:valarm",
    ),
    "backslashes": event("SUMMARY:a\\, b\\; c\\\\ d\\n e", "CATEGORIES:one\\,half,two", "CATEGORIES:three"),
    "an attachment": event("ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:SGVsbG8=", "GEO:45.4;9.1"),
    "a Windows zone": event(start="DTSTART;TZID=W. Europe Standard Time:20260310T090000"),
    "a zone of the office's own": event(start="DTSTART;TZID=Office hours:20260710T090000", extra=OWN_SUMMER),
    "a zone nobody knows": event(start="DTSTART;TZID=Moon/Tranquility:20260310T090000"),
    "a broken zone": event(
        start="DTSTART;TZID=Bad:20260310T090000", extra="BEGIN:VTIMEZONE\nTZID:Bad\nEND:VTIMEZONE",
    ),
    "a mozilla zone": event(start="DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260310T090000"),
    "a byte order mark and an empty last line": "\ufeff" + event("SUMMARY:marked") + "\r\n",
    "periods": event(
        "RDATE;VALUE=PERIOD:20260312T090000Z/PT30M,20260314T090000Z/20260314T110000Z", "DURATION:PT1H",
    ),
    "exceptions without a master": WEEKLY.replace(MASTER, ""),
    "a rule inside an exception": WEEKLY.replace(
        "SUMMARY:Monday call with the board", "RRULE:FREQ=WEEKLY\r\nEXDATE:20260401",
    ),
    "a task with everything": task(
        "DTSTART;VALUE=DATE:20260301", "DUE;VALUE=DATE:20260303", "PERCENT-COMPLETE:40", "STATUS:IN-PROCESS",
        "PRIORITY:3", "RELATED-TO;RELTYPE=PARENT:task-0", "X-APPLE-SORT-ORDER:612",
    ),
    "a task without dates": task("SUMMARY:Some day"),
    "no space at all": event("SUMMARY:", "DESCRIPTION:", "LOCATION:"),
}  # fmt: skip
