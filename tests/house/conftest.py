"""The real server, for the tests that walk its addresses."""

from tests.servers import client_of, running, server

__all__ = ["client_of", "running", "server"]
