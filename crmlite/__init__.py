"""crmlite: a small customer relations house that serves browsers and phones from one process."""

__version__ = "0.1.0"
