"""Made-up people and records to look around with: a small house in full, or a large one for the bench."""

from crmlite.rules.demo.cast import PEOPLE, Person, SignIn
from crmlite.rules.demo.loading import load, loaded
from crmlite.rules.demo.removal import remove

__all__ = ["PEOPLE", "Person", "SignIn", "load", "loaded", "remove"]
