"""The CalDAV door: Radicale over our own rules."""
