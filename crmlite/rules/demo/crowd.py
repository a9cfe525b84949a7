"""Names for the large demo, drawn by lot but always in the same way."""

from random import Random
from typing import NamedTuple

from crmlite.rules.demo.places import PLACES, address
from crmlite.rules.demo.telling import mailbox


def _words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = _words("""
Adela Agnes Alban Aleksy Alma Andrej Anouk Anton Arlo Astrid Baptiste Beata Benno Bianca Bodil Bruno
Camille Carla Cezary Clara Cosimo Cyril Dagmar Damian Delphine Dominik Edda Eero Elio Elise Emil
Enid Erik Esther Fabio Filip Flora Franka Gaspard Gemma Gita Gustav Hanna Henrik Hilde Ignacy Ines
Ivo Jana Jasper Joana Juhan Karin Kasper Klara Laszlo Leonor Linus Livia Ludovic Magda Malte Manon
Marcin Mette Milan Nadja Niels Noemi Oda Oliver Otto Pavel Pernille Quentin Rafael Rasmus Regina
Romain Runa Sabina Samuel Selma Simon Stina Tadeo Tessa Theo Ursula Valentin Vera Viktor Wanda
Willem Yvonne Zofia
""")
LAST_NAMES = _words("""
Abbink Adamec Alves Andersen Aubert Bakker Barros Becker Bergman Bianchi Blanc Borg Boutin Brzezicki
Cabral Carlsen Cerny Chevalier Coelho Colombo Cordier Dahl Danner Decker Dubois Dvorak Eriksen
Esposito Evers Faber Fontaine Forsberg Freitas Friis Gallo Gerard Greco Gros Hagen Halvorsen Hartwig
Henriksen Hofmann Horn Iversen Jacquet Jansen Jelinek Jensen Kaminski Kirk Klein Koller Kovac
Kuipers Lacroix Larsen Lefort Lemaire Linden Lopes Lorentz Madsen Maier Marin Martel Mazur Melo
Menard Moser Nagel Navarro Neves Nilsen Nowak Olsen Ortega Paulsen Pavlik Pereira Pichler Pinto
Poulsen Prins Quist Ramos Reyes Ricci Roche Romano Rossi Ruiz Salem Sandberg Santos Schenk Serra
Silva Simonsen Sorensen Steen Tavares Thomsen Toft Ullrich Vogel Volkov Wagner Weber Wiese Zeller
""")
TRADES = _words("""
Backhaus Boutique Brasserie Café Feinkost Fleurs Galerie Garden Kiosk Librairie Lunettes Market Mode
Optik Pharmacie Provisions Sport Studio Textiles Trattoria Vinothek
""")


class Somebody(NamedTuple):
    first_name: str
    name: str
    company: str
    host: str
    city: str


class Crowd:
    def __init__(self, seed: int) -> None:
        self.lot = Random(seed)
        self._cities = list(PLACES)
        self._hosts: dict[str, str] = {}

    def somebody(self) -> Somebody:
        lot = self.lot
        name = lot.choice(LAST_NAMES)
        house = f"{lot.choice(TRADES)} {lot.choice(LAST_NAMES)}"
        host = self._hosts.setdefault(house, f"{mailbox(house)}.example")
        return Somebody(lot.choice(FIRST_NAMES), name, house, host, lot.choice(self._cities))

    def reach(self, who: Somebody, number: int) -> dict[str, str]:
        """Ways to reach that person: columns of a lead, a contact or a customer."""
        lot, place = self.lot, PLACES[who.city]
        return {
            **address(who.city, number),
            "email": f"{who.first_name}.{who.name}.{number}@{who.host}".lower(),
            "phone": f"{place.phone} {lot.randrange(10, 100)} {lot.randrange(10, 100)}",
            "mobile_phone": f"{place.mobile}{lot.randrange(1000):03d}" if number % 3 == 0 else "",
        }
