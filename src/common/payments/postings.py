"""The ledger as a function of the rows: what each row in its present state has put into which pot.

A row's move posts the difference between two of these. Since states only rise along their lattice, every history of messages that
ends in the same states ends in the same balances: that is the whole proof of confluence.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from common.payments.models import (
    Dispute,
    DisputeState,
    Intent,
    IntentState,
    PaymentPart,
    Payout,
    PayoutState,
    Pot,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)

Key = tuple[Pot, str]
Entries = Mapping[Key, int]
PLATFORM = "platform"
PAYERS = "payers"
OUTSIDE: Key = (Pot.OUTSIDE, PAYERS)
COMMISSION: Key = (Pot.COMMISSION, PLATFORM)


def difference(new: Entries, old: Entries) -> dict[Key, int]:
    """What must be posted to get from `old` to `new`; pots that do not change are left out."""
    found = {key: new.get(key, 0) - old.get(key, 0) for key in {*new, *old}}
    return {key: amount for key, amount in found.items() if amount}


def entries_of(row: object) -> dict[Key, int]:
    """All that a row has put into pots by its present state. Sums to zero for every row."""
    return OF[type(row)](row)


def of_intent(intent: Intent) -> dict[Key, int]:
    return _add(arrival(intent), settlement(intent))


def of_part(part: PaymentPart) -> dict[Key, int]:
    return _add(holding(part), releasing(part))


def arrival(intent: Intent) -> dict[Key, int]:
    return move(OUTSIDE, (Pot.ARRIVED, str(intent.id)), intent.amount) if intent.state == IntentState.SUCCEEDED else {}


def settlement(intent: Intent) -> dict[Key, int]:
    """A city fee becomes the office's own."""
    return move((Pot.ARRIVED, str(intent.id)), (Pot.OFFICE, intent.settled_to), intent.amount) if intent.settled_to else {}


def holding(part: PaymentPart) -> dict[Key, int]:
    return move((Pot.ARRIVED, str(part.intent_id)), held_by(part.order_id), part.amount)


def releasing(part: PaymentPart) -> dict[Key, int]:
    """What was held goes to seller and platform."""
    seller = part.released_amount - part.released_commission
    to_seller = move(held_by(part.order_id), seller_of(part.storefront_id), seller)
    return _add(to_seller, move(held_by(part.order_id), COMMISSION, part.released_commission))


def refunding(refund: Refund) -> dict[Key, int]:
    """A failed refund gives the money back to where it came from."""
    if refund.state == RefundState.FAILED:
        return {}
    given = {parse(name): -amount for name, amount in refund.taken_from.items()}
    to = OUTSIDE if refund.state == RefundState.SUCCEEDED else (Pot.REFUNDING, str(refund.intent_id))
    return _add(given, {to: refund.amount})


def transferring(transfer: Transfer) -> dict[Key, int]:
    owner = str(transfer.storefront_id)
    to = Pot.TRANSFERRED if transfer.state == TransferState.SENT else Pot.IN_TRANSIT
    return move((Pot.SELLER, owner), (to, owner), transfer.amount)


def reversing(reversal: Reversal) -> dict[Key, int]:
    owner = str(reversal.storefront_id)
    return move((Pot.TRANSFERRED, owner), (Pot.SELLER, owner), reversal.amount) if reversal.state == ReversalState.DONE else {}


def disputing(dispute: Dispute) -> dict[Key, int]:
    """The bank has the money. Of what it keeps, those bear their shares who were to have it; a dispute that is won leaves no trace."""
    if dispute.state not in (DisputeState.WITHDRAWN, DisputeState.LOST):
        return {}
    taken = move((Pot.DISPUTED, str(dispute.intent_id)), OUTSIDE, dispute.amount)
    if dispute.state == DisputeState.WITHDRAWN:
        return taken
    borne = [move(parse(name), (Pot.DISPUTED, str(dispute.intent_id)), amount) for name, amount in dispute.borne_by.items()]
    return _add(taken, *borne)


def paying_out(payout: Payout) -> dict[Key, int]:
    """A seller's payout leaves the seller's account at the provider; the platform's leaves its commission."""
    source = COMMISSION if payout.owner == PLATFORM else (Pot.TRANSFERRED, payout.owner)
    return move(source, (Pot.BANK, payout.owner), payout.amount) if payout.state == PayoutState.PAID else {}


def commission_on(part: PaymentPart, amount: int) -> int:
    """The commission on `amount` of the part: the agreed one in proportion, rounded half up to a rupiah."""
    return (2 * part.commission * amount + part.amount) // (2 * part.amount)


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """`total` shared by weight to the rupiah: what rounding down leaves goes one by one to the largest remainders, of equals the first.

    No share is above its weight as long as `total` is not above their sum (Hamilton's method).
    """
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def held_by(order_id: UUID) -> Key:
    return Pot.HELD, str(order_id)


def seller_of(storefront_id: UUID) -> Key:
    return Pot.SELLER, str(storefront_id)


def move(source: Key, target: Key, amount: int) -> dict[Key, int]:
    return {source: -amount, target: amount} if amount else {}


def name_of(key: Key) -> str:
    """A pot as one word: `held:<order>`."""
    return f"{key[0]}:{key[1]}"


def parse(name: str) -> Key:
    kind, _, owner = name.partition(":")
    return Pot(kind), owner


def _add(*several: Entries) -> dict[Key, int]:
    found: Counter[Key] = Counter()
    for one in several:
        found.update(one)
    return {key: amount for key, amount in found.items() if amount}


OF: dict[type[Any], Callable[[Any], dict[Key, int]]] = {
    Intent: of_intent,
    PaymentPart: of_part,
    Refund: refunding,
    Transfer: transferring,
    Reversal: reversing,
    Dispute: disputing,
    Payout: paying_out,
}
