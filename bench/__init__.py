"""The bench: the real server on made data, against a bare floor and a stock CalDAV server."""
