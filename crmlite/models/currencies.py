"""The currencies of amounts, by their three letters (ISO 4217)."""

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "CAD", "AUD", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK", "MAD", "TND", "XOF")
WITHOUT_CENTS = {"JPY": 0, "XOF": 0, "TND": 3}


def places(currency: str) -> int:
    """Digits of a currency's minor unit."""
    return WITHOUT_CENTS.get(currency, 2)
