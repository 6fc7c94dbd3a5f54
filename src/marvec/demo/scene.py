"""What the chapters share: who is there, what was agreed, and where the notes go."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from marvec.demo.chaos import Chaos
from marvec.demo.people import Letters, Person
from marvec.demo.report import Report
from marvec.demo.till import Till

SELLERS_KELURAHAN = "73.71.13.1008"  # Banta-Bantaeng, Rappocini
BUYERS_KELURAHAN = "73.71.10.1007"  # Mannuruki, Tamalate


@dataclass
class Stage:
    """The server at `url`, the report, the chaos, where its letters go, and all who came (`people`), to be let out at the end."""

    url: str
    report: Report
    chaos: Chaos
    letters: Letters | None = None
    people: list[Person] = field(default_factory=list)
    till: Till | None = None

    def came(self, person: Person) -> Person:
        self.people.append(person)
        return person


@dataclass(frozen=True)
class Shop:
    seller: Person
    storefront_id: str
    listing_id: str
    stock: int


@dataclass(frozen=True)
class Deal:
    """An accepted offer; `total` in rupiah."""

    shop: Shop
    buyer: Person
    conversation_id: str
    order_id: str
    intent_id: str
    total: int
    quantity: int


def states_of(person: Person, channel: str) -> Sequence[str]:
    """The states that were told in a channel, in their order."""
    return [one.data["state"] for one in person.line.heard(channel) if "state" in one.data]
