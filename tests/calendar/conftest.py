"""The real server for every test of this folder."""

from tests.servers import client_of, running, server

__all__ = ["client_of", "running", "server"]
