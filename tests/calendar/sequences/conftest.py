"""Fixtures of the sequences: the same people and devices as in the other tests of the calendar door."""

from tests.calendar.conftest import client_of, dav_of, phone, running, server

__all__ = ["client_of", "dav_of", "phone", "running", "server"]
