"""What a quote or an order says on paper, as plain values. Amounts are minor units of the paper's currency."""

from dataclasses import dataclass, field
from datetime import date

from crmlite.lists.paper_words import Speech


@dataclass(frozen=True)
class Sender:
    """Whose paper it is; without a `name` where the house has none yet. `lines`: the postal address. `registration`:
    tax or company number, with its name. `logo`: as `rules/images.logo` draws it."""

    name: str
    lines: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    website: str = ""
    registration: str = ""
    bank: str = ""
    logo: bytes = b""

    @property
    def back(self) -> str:
        """Where it goes when nobody is found: one line above the address."""
        return " · ".join(filter(None, [self.name, *self.lines]))

    @property
    def reach(self) -> list[str]:
        """What stands below the name."""
        return [line for line in (*self.lines, self.phone, self.email, self.website) if line]


@dataclass(frozen=True)
class PaperLine:
    """`quantity` is an exact decimal such as “2.5”; `discount` in hundredths of a percent; `total` without tax. A line
    without a `total` is a heading."""

    name: str
    description: str = ""
    quantity: str = ""
    unit: str = ""
    price: int | None = None
    discount: int = 0
    tax: str = ""
    total: int | None = None


@dataclass(frozen=True)
class TaxSum:
    label: str
    base: int
    amount: int


@dataclass(frozen=True)
class Paper:
    """`kind` is quote or order, `status` empty, draft, cancelled or superseded. `recipient`: name, person and address,
    a line each. `tax` is the sum of `taxes`, `total` that of `net` and `tax`."""

    kind: str
    number: str
    date: date
    currency: str
    sender: Sender
    recipient: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    net: int
    tax: int
    total: int
    taxes: tuple[TaxSum, ...] = ()
    language: str = "en"
    version: int = 1
    title: str = ""
    valid_until: date | None = None
    salesperson: str = ""
    customer_reference: str = ""
    customer_tax: str = ""
    introduction: str = ""
    closing: str = ""
    footer: str = ""
    status: str = ""
    speech: Speech = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "speech", Speech(self.language))

    @property
    def name(self) -> str:
        """“Quote Q0001, version 2”."""
        name = f"{self.speech.word(self.kind)} {self.number}".strip()
        return f"{name}, {self.speech.word('version', self.version)}" if self.version > 1 else name

    @property
    def signed(self) -> bool:
        """Whether it has a place to sign: a quote that still holds has one."""
        return self.kind == "quote" and not self.status

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands beside the address: the word's name and its text."""
        say = self.speech
        number = f"{self.number}, {say.word('version', self.version)}" if self.version > 1 else self.number
        facts = [
            ("number", number if self.number else ""),
            ("date", say.day(self.date)),
            ("valid", say.day(self.valid_until) if self.kind == "quote" else ""),
            ("customer_reference", self.customer_reference),
            ("customer_tax", self.customer_tax),
            ("salesperson", self.salesperson),
            ("currency", self.currency),
        ]
        return [(name, text) for name, text in facts if text]
