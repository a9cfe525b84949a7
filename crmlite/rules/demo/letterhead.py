"""What the demo house prints on its quotes: address, logo and texts in English and French."""

import io

from crmlite.later import Image, ImageDraw
from crmlite.rules import images, organisation
from crmlite.rules.access import Actor
from crmlite.rules.documents import Sent
from crmlite.rules.settings import put_setting

SENDER = {
    "address": "14 quai de la Rapée\n75012 Paris\nFrance",
    "phone": "+33 1 99 00 12 40",
    "email": "office@northlight-shopworks.example",
    "website": "northlight-shopworks.example",
    "registration": "VAT FR 00 000 000 000",
    "bank": "IBAN FR00 0000 0000 0000 0000 0000 000",
}
TEXTS = {
    "en": {
        "introduction": "Thank you for showing us your rooms. We are glad to offer you the following:",
        "closing": "A third is due with the order, the rest 30 days after fitting. We keep two spare shelves of every "
        "colour for five years.\n\nWith kind regards\nNorthlight Shopworks",
        "footer": "Northlight Shopworks SAS · capital 40,000 € · made up for this demo",
    },
    "fr": {
        "introduction": "Merci de nous avoir montré vos locaux. Nous avons le plaisir de vous proposer :",
        "closing": "Un tiers à la commande, le solde 30 jours après la pose.\n\nBien à vous\nNorthlight Shopworks",
        "footer": "Northlight Shopworks SAS · capital 40 000 € · inventé pour cette démonstration",
    },
    "de": {
        "introduction": "Danke, dass Sie uns Ihre Räume gezeigt haben. Gerne bieten wir Ihnen an:",
        "closing": "Ein Drittel bei Bestellung, der Rest 30 Tage nach dem Einbau.\n\n"
        "Mit freundlichen Grüßen\nNorthlight Shopworks",
        "footer": "Northlight Shopworks SAS · Kapital 40.000 € · für diese Vorführung erfunden",
    },
}
TEAL, SAND, CLEAR = (22, 101, 101, 255), (222, 178, 110, 255), (0, 0, 0, 0)


def set_up(by: Actor) -> None:
    organisation.set_sender(SENDER, by)
    put_setting("texts", TEXTS, by)  # at once: only what was written once goes with the demo
    organisation.set_logo(Sent("logo.png", _logo()), by)


def _logo() -> io.BytesIO:
    """Shelves under a northern light."""
    picture = Image.new("RGBA", (960, 300), CLEAR)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, 299, 299), 44, TEAL)
    for step, (left, right) in enumerate(((60, 240), (60, 200), (60, 240))):
        top = 110 + step * 62
        draw.rounded_rectangle((left, top, right, top + 16), 8, (255, 255, 255, 255))
    draw.ellipse((196, 40, 252, 96), SAND)
    for step, right in enumerate((940, 800, 700)):
        draw.rounded_rectangle((350, 60 + step * 76, right, 92 + step * 76), 16, SAND if step == 1 else TEAL)
    return io.BytesIO(images.png(picture))
