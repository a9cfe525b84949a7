"""What a careless or hostile client may send without hurting anybody else."""

import time

import pytest
import requests

from tests.calendar.conftest import SPACES, meeting

LAUGHS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<D:propfind xmlns:D="DAV:"><D:prop><D:displayname>&c;</D:displayname></D:prop></D:propfind>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<D:propfind xmlns:D="DAV:"><D:prop><D:displayname>&a;</D:displayname></D:prop></D:propfind>"""
DEEP = "<D:propfind xmlns:D='DAV:'>" + "<D:prop>" * 20_000 + "</D:prop>" * 20_000 + "</D:propfind>"
WIDE = "<D:propfind xmlns:D='DAV:'><D:prop>" + "<D:x/>" * 60_000 + "</D:prop></D:propfind>"
BODIES = [
    LAUGHS, OUTSIDE, DEEP, WIDE, "<unclosed", "no xml", "\x00\x01", "<a xmlns:b=''/>",
    "<?xml version='1.0' encoding='klingon'?><a/>", "<a>" + "x" * 1_100_000 + "</a>", "<a>\ufffe</a>",
]  # fmt: skip


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PROPPATCH", "MKCALENDAR", "MKCOL"])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bad_xml_is_a_bad_request(phone, method, body):
    path = "new/" if method.startswith("MK") else "events/"
    began = time.process_time()
    answer = phone.request(method, path, data=body.encode())
    assert answer.status_code == 400 and time.process_time() - began < 5
    assert "root:" not in answer.text


@pytest.mark.parametrize("path", ["events/a.ics", "/dav/", "/"])
def test_a_body_beyond_the_limit_is_refused(phone, path):
    method = "PUT" if path.endswith("ics") else "PROPFIND"
    assert phone.request(method, path, data=b"x" * (3 * 1024 * 1024)).status_code == 413


def test_a_chunked_body_is_taken(phone):
    text = meeting().encode()
    put = phone.put("events/a.ics", data=iter([text[:50], text[50:]]), headers={"Content-Type": "text/calendar"})
    assert put.status_code == 201 and phone.get("events/a.ics").content == text


def test_a_report_nobody_knows_is_refused(phone):
    answer = phone.report("events/", f"<D:version-tree {SPACES}/>")
    assert (answer.status, answer.condition) == (403, "D:supported-report")
    assert phone.report("events/", "").status == 400
    assert phone.report("", f"<C:calendar-query {SPACES}/>").status == 403


def test_reports_that_clients_insist_on_are_answered_empty(phone):
    for report in ("D:principal-property-search", "D:principal-search-property-set", "D:expand-property"):
        assert phone.report("", f"<{report} {SPACES}/>").found == []


def test_endless_depth_is_refused(phone):
    assert phone.ask("", "D:displayname", depth="infinity").condition == "D:propfind-finite-depth"


def test_methods_nobody_needs_are_refused(phone):
    for method in ("COPY", "LOCK", "UNLOCK", "POST", "PATCH", "ACL", "BREW"):
        assert phone.request(method, "events/a.ics").status_code == 405


def test_an_endless_rule_neither_hangs_the_query_nor_the_others(phone):
    phone.store("events/daily.ics", meeting("d", "20000103T100000", "RRULE:FREQ=DAILY"))
    began = time.process_time()
    found = phone.query(
        "events/",
        '<C:comp-filter name="VEVENT"><C:time-range start="20381201T000000Z" end="20381203T000000Z"/></C:comp-filter>',
    )
    assert found.names == ["daily.ics"] and time.process_time() - began < 2
    far = phone.query(
        "events/",
        '<C:comp-filter name="VEVENT"><C:time-range start="22000101T000000Z" end="22000102T000000Z"/></C:comp-filter>',
    )
    assert far.names == ["daily.ics"]


def test_refusals_do_not_sleep(server, monkeypatch):
    naps = []
    monkeypatch.setattr(time, "sleep", naps.append)
    for _ in range(4):
        requests.request("PROPFIND", f"{server.url}/dav/", auth=("a", "b"), timeout=60)
    assert not naps
