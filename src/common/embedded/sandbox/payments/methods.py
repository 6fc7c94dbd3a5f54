"""How a person pays: a test card or a QRIS code, read from the parameters of a request."""

from typing import Any

from common.embedded.sandbox import cards
from common.embedded.sandbox.errors import BadParameter, NoSuch
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.store import new_id

TYPES = ("card", "qris")
Method = dict[str, Any]


def by_card(card: cards.Card) -> Method:
    """A method as an intent remembers it: the card's name, never its number."""
    return {"id": new_id("pm"), "type": "card", "card": card.name}


def by_qris() -> Method:
    return {"id": new_id("pm"), "type": "qris"}


def read(params: Params) -> Method | None:
    """`payment_method` (a test card's id, or `pm_qris`) or `payment_method_data`; None when neither is there."""
    name = params.text("payment_method")
    if name:
        return _named(name)
    data = params.group("payment_method_data")
    if not data.values:
        return None
    type_ = data.choice("type", "card", TYPES)
    return by_qris() if type_ == "qris" else by_card(cards.from_data(data.group("card")))


def describe(method: Method) -> dict[str, Any]:
    """The method as `payment_method_details` of a charge shows it."""
    if method["type"] == "qris":
        return {"type": "qris", "qris": {"issuer": "Bank Kotak Pasir"}}
    card = cards.named(method["card"]) or cards.STRANGER
    shown = {
        "brand": card.brand,
        "country": "ID",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "last4": card.number[-4:],
        "network": card.brand,
    }
    return {"type": "card", "card": shown}


def _named(name: str) -> Method:
    if name == "pm_qris":
        return by_qris()
    card = cards.named(name)
    if card is None:
        raise NoSuch("PaymentMethod", name, "payment_method")
    return by_card(card)


def check_types(names: list[str]) -> list[str]:
    for name in names:
        if name not in TYPES:
            raise BadParameter(f"The payment method type '{name}' is invalid; here: {', '.join(TYPES)}.", param="payment_method_types")
    return names
