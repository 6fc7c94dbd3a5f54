"""The test cards, by number and by payment method id. Source: docs.stripe.com/testing (2026)."""

from dataclasses import dataclass

from common.embedded.sandbox.params import Params


@dataclass(frozen=True, slots=True)
class Card:
    """`decline` is the decline code, `code` the error code; `secure` asks for 3-D Secure first, `disputed` is disputed after success."""

    name: str
    number: str
    brand: str = "visa"
    code: str = ""
    decline: str = ""
    secure: bool = False
    disputed: bool = False


CARDS = (
    Card("pm_card_visa", "4242424242424242"),
    Card("pm_card_mastercard", "5555555555554444", "mastercard"),
    Card("pm_card_bypassPending", "4000000000000077"),
    Card("pm_card_chargeDeclined", "4000000000000002", code="card_declined", decline="generic_decline"),
    Card("pm_card_chargeDeclinedInsufficientFunds", "4000000000009995", code="card_declined", decline="insufficient_funds"),
    Card("pm_card_chargeDeclinedLostCard", "4000000000009987", code="card_declined", decline="lost_card"),
    Card("pm_card_chargeDeclinedExpiredCard", "4000000000000069", code="expired_card", decline="expired_card"),
    Card("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", code="incorrect_cvc", decline="incorrect_cvc"),
    Card("pm_card_threeDSecure2Required", "4000000000003220", secure=True),
    Card("pm_card_authenticationRequired", "4000002760003184", secure=True),
    Card("pm_card_threeDSecureRequiredChargeDeclined", "4000008400001629", code="card_declined", decline="generic_decline", secure=True),
    Card("pm_card_createDispute", "4000000000000259", disputed=True),
)
STRANGER = Card("pm_card_stranger", "4000000000000000", code="card_declined", decline="test_mode_live_card")
MISTYPED = Card("pm_card_mistyped", "4000000000000000", code="incorrect_number", decline="")
_ALIASES = {"pm_card_visa_chargeDeclined": "pm_card_chargeDeclined", "pm_card_threeDSecureRequired": "pm_card_threeDSecure2Required"}
MESSAGES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "payment_intent_authentication_failure": "The provided payment method has failed authentication.",
    "payment_intent_payment_attempt_expired": "The payment was not made in time.",
    "payment_intent_payment_attempt_failed": "The customer's bank refused the payment.",
    "payment_method_customer_decline": "The customer declined the payment.",
}
_BY_NAME = {card.name: card for card in (*CARDS, STRANGER, MISTYPED)}
_BY_NUMBER = {card.number: card for card in CARDS}


def named(name: str) -> Card | None:
    """The test card of a payment method id."""
    return _BY_NAME.get(_ALIASES.get(name, name))


def numbered(number: str) -> Card:
    """The test card of a number. Any other card is declined, and the number is not kept."""
    digits = "".join(filter("0123456789".__contains__, number))
    return _BY_NUMBER.get(digits) or (STRANGER if _luhn(digits) else MISTYPED)


def from_data(card: Params) -> Card:
    """The card of `payment_method_data[card]`: a number or a token `tok_visa`."""
    token = card.text("token")
    if token:
        return named(token.replace("tok_", "pm_card_", 1)) or STRANGER
    return numbered(card.needed("number"))


def _luhn(digits: str) -> bool:
    if len(digits) < 12:
        return False
    doubled = [int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
