"""What programs of Apple ask for; iPhone, iPad and Mac share most of it."""

from tests.calendar.sequences.replay import XML

PRINCIPAL_FIRST = (
    f'{XML}<A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/><A:principal-URL/><A:resourcetype/>'
    "</A:prop></A:propfind>"
)
PRINCIPAL = f"""{XML}<A:propfind xmlns:A="DAV:"><A:prop>
<B:calendar-home-set xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:calendar-user-address-set xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:current-user-principal/><A:displayname/>
<C:dropbox-home-URL xmlns:C="http://calendarserver.org/ns/"/><C:email-address-set xmlns:C="http://calendarserver.org/ns/"/>
<C:notification-URL xmlns:C="http://calendarserver.org/ns/"/><A:principal-collection-set/><A:principal-URL/>
<A:resource-id/><B:schedule-inbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:schedule-outbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:supported-report-set/></A:prop></A:propfind>"""
HOME = f"""{XML}<A:propfind xmlns:A="DAV:"><A:prop><A:add-member/>
<C:allowed-sharing-modes xmlns:C="http://calendarserver.org/ns/"/><D:autoprovisioned xmlns:D="http://apple.com/ns/ical/"/>
<E:bulk-requests xmlns:E="http://me.com/_namespace/"/><B:calendar-alarm xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<D:calendar-color xmlns:D="http://apple.com/ns/ical/"/><B:calendar-description xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:calendar-free-busy-set xmlns:B="urn:ietf:params:xml:ns:caldav"/><D:calendar-order xmlns:D="http://apple.com/ns/ical/"/>
<B:calendar-timezone xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:current-user-privilege-set/>
<B:default-alarm-vevent-date xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:default-alarm-vevent-datetime xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:displayname/>
<C:getctag xmlns:C="http://calendarserver.org/ns/"/><C:invite xmlns:C="http://calendarserver.org/ns/"/>
<D:language-code xmlns:D="http://apple.com/ns/ical/"/><D:location-code xmlns:D="http://apple.com/ns/ical/"/>
<B:max-attendees-per-instance xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:owner/>
<C:pre-publish-url xmlns:C="http://calendarserver.org/ns/"/><C:publish-url xmlns:C="http://calendarserver.org/ns/"/>
<C:push-transports xmlns:C="http://calendarserver.org/ns/"/><C:pushkey xmlns:C="http://calendarserver.org/ns/"/>
<A:quota-available-bytes/><A:quota-used-bytes/><D:refreshrate xmlns:D="http://apple.com/ns/ical/"/><A:resource-id/>
<A:resourcetype/><B:schedule-calendar-transp xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:schedule-default-calendar-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/><C:source xmlns:C="http://calendarserver.org/ns/"/>
<C:subscribed-strip-alarms xmlns:C="http://calendarserver.org/ns/"/>
<C:subscribed-strip-attachments xmlns:C="http://calendarserver.org/ns/"/>
<C:subscribed-strip-todos xmlns:C="http://calendarserver.org/ns/"/>
<B:supported-calendar-component-set xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:supported-calendar-component-sets xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:supported-report-set/><A:sync-token/>
</A:prop></A:propfind>"""
# What we have no answer for, and a client of Apple does without.
UNKNOWN = {
    "allowed-sharing-modes", "autoprovisioned", "bulk-requests", "calendar-alarm", "default-alarm-vevent-date",
    "invite", "default-alarm-vevent-datetime", "language-code", "location-code", "max-attendees-per-instance",
    "pre-publish-url", "publish-url", "push-transports", "pushkey", "quota-available-bytes", "quota-used-bytes",
    "refreshrate", "resource-id", "schedule-calendar-transp", "schedule-default-calendar-URL", "source",
    "subscribed-strip-alarms", "subscribed-strip-attachments", "subscribed-strip-todos",
    "supported-calendar-component-sets", "add-member", "calendar-free-busy-set", "calendar-timezone", "calendar-description",
}  # fmt: skip
STATE = (
    f'{XML}<A:propfind xmlns:A="DAV:"><A:prop><C:getctag xmlns:C="http://calendarserver.org/ns/"/><A:sync-token/>'
    "</A:prop></A:propfind>"
)
MULTIGET = (
    '<B:calendar-multiget xmlns:B="urn:ietf:params:xml:ns:caldav"><A:prop xmlns:A="DAV:"><A:getetag/>'
    '<B:calendar-data/><C:created-by xmlns:C="http://calendarserver.org/ns/"/><B:schedule-tag/>'
    '<C:updated-by xmlns:C="http://calendarserver.org/ns/"/></A:prop>'
)
ALARM_NONE = "\r\n".join(
    [
        "BEGIN:VALARM",
        "X-WR-ALARMUID:4AD03A33-54A6-42BE-A157-47273DD60803",
        "UID:4AD03A33-54A6-42BE-A157-47273DD60803",
        "TRIGGER;VALUE=DATE-TIME:19760401T005545Z",
        "ACTION:NONE",
        "END:VALARM",
        "",
    ]
)


def patch(inside: str) -> str:
    return f'{XML}<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop>{inside}</A:prop></A:set></A:propertyupdate>'


def changes(token: str, props: str = "<A:getcontenttype/><A:getetag/>") -> str:
    return (
        f'{XML}<A:sync-collection xmlns:A="DAV:"><A:sync-token>{token}</A:sync-token><A:sync-level>1</A:sync-level>'
        f"<A:prop>{props}</A:prop></A:sync-collection>"
    )


def multiget(*hrefs: str) -> str:
    inside = "".join(f'<A:href xmlns:A="DAV:">{href}</A:href>' for href in hrefs)
    return f"{XML}{MULTIGET}{inside}</B:calendar-multiget>"


def visit(uid: str, start: str = "20261123T100000", *alarm: str, program: str = "iOS 18.1.1") -> str:
    """A meeting as an iPhone writes it, with its own zone and lines that are Apple's alone."""
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", f"PRODID:-//Apple Inc.//{program}//EN", "VERSION:2.0",
            "BEGIN:VTIMEZONE", "TZID:Europe/Paris",
            "BEGIN:DAYLIGHT", "DTSTART:19810329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "TZNAME:GMT+2",
            "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT",
            "BEGIN:STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "TZNAME:GMT+1",
            "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
            "BEGIN:VEVENT", "CREATED:20261120T081500Z", f"DTEND;TZID=Europe/Paris:{start[:9]}{int(start[9:11]) + 1:02d}0000",
            "DTSTAMP:20261120T081501Z", f"DTSTART;TZID=Europe/Paris:{start}", "LAST-MODIFIED:20261120T081501Z",
            "LOCATION:Quai 7\\n69002 Lyon\\, France", "SEQUENCE:0", "SUMMARY:Visit", "TRANSP:OPAQUE", f"UID:{uid}",
            "X-APPLE-CREATOR-IDENTITY:com.apple.mobilecal", "X-APPLE-CREATOR-TEAM-IDENTITY:0000000000",
            'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=70.5;X-TITLE="Quai',
            ' 7\\n69002 Lyon, France":geo:45.757800,4.832000',
            "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC", *alarm, "END:VEVENT", "END:VCALENDAR", "",
        ]
    )  # fmt: skip


QUARTER = (
    "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT15M",
    "UID:6B1F2E0A-7F0D-4C0B-9E0B-1D6E1C8C0001", "X-WR-ALARMUID:6B1F2E0A-7F0D-4C0B-9E0B-1D6E1C8C0001", "END:VALARM",
)  # fmt: skip
