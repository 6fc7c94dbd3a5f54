"""Money: every movement is a balance transaction, and a balance is the sum of them. All is available at once, fees are nought.

Amounts are in the currency's smallest unit as Stripe counts it: IDR has two decimals, Rp 1 is 100.
"""

from common.embedded.sandbox.desk import Desk, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.store import Doc, new_id

# A charge must be worth taking: Rp 1.000. Others as on docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
MINIMUM = {"idr": 100_000, "usd": 50, "sgd": 50, "myr": 200, "eur": 50, "jpy": 50}
MAXIMUM_DIGITS = {"idr": 12, "inr": 9, "jpy": 10}
QRIS_MAXIMUM = 1_000_000_000  # Rp 10.000.000 a payment (Bank Indonesia's limit)


def book(desk: Desk, account: str, type_: str, amount: int, source: Doc, *, category: str = "") -> Doc:
    """Move `amount` (negative: out) into the balance of `account` because of `source`, in its currency. Returns the balance transaction."""
    currency = source["currency"]
    desk.store.execute(
        "INSERT INTO balance VALUES (?, ?, ?) ON CONFLICT (account, currency) DO UPDATE SET available = available + excluded.available",
        (account, currency, amount),
    )
    txn: Doc = {"id": new_id("txn"), "object": "balance_transaction", "created": now(), "available_on": now(), "status": "available"}
    txn |= {"amount": amount, "net": amount, "fee": 0, "fee_details": [], "currency": currency}
    txn |= {"exchange_rate": None, "balance_type": "payments"}
    txn |= {"type": type_, "reporting_category": category or type_, "source": source["id"], "description": source.get("description")}
    return desk.store.add(txn, account)


def available(desk: Desk, account: str, currency: str) -> int:
    rows = desk.store.execute("SELECT available FROM balance WHERE account = ? AND currency = ?", (account, currency))
    return int(rows[0][0]) if rows else 0


def need(desk: Desk, account: str, currency: str, amount: int, message: str) -> None:
    """Refuse when the account has less than `amount`."""
    if available(desk, account, currency) < amount:
        raise Refused(message, code="balance_insufficient")


def check_amount(amount: int | None, currency: str) -> int:
    """The amount of a charge when it is one that Stripe would take. Errors: parameter_missing, amount_too_small, amount_too_large."""
    if amount is None:
        raise BadParameter("Missing required param: amount.", code="parameter_missing", param="amount")
    least = MINIMUM.get(currency, 50)
    if amount < least:
        raise BadParameter(f"Amount must be at least {least} ({currency}).", code="amount_too_small", param="amount")
    digits = MAXIMUM_DIGITS.get(currency, 8)
    if amount >= 10**digits:
        raise BadParameter(f"Amount must be no more than {10**digits - 1} ({currency}).", code="amount_too_large", param="amount")
    return amount


def positive(amount: int, param: str = "amount") -> int:
    if amount < 1:
        raise BadParameter("Invalid positive integer", code="parameter_invalid_integer", param=param)
    return amount


def check_currency(text: str) -> str:
    currency = text.lower()
    if len(currency) != 3 or not currency.isalpha():
        raise BadParameter(f"Invalid currency: {text}.", code="parameter_invalid", param="currency")
    return currency
