"""The ledger as an operator reads it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from marvec.demo.errors import same
from marvec.demo.people import Person
from marvec.demo.scene import Deal
from marvec.demo.waiting import until

PAGES = 20
AFTER_A_FALL = 60.0
"""Seconds: a worker that is killed in the middle of the call leaves a lease of fifteen, and a provider's try comes after."""


@dataclass(frozen=True)
class Split:
    """What became of the buyer's money, in rupiah."""

    seller: int
    commission: int


async def until_transferred(operator: Person, deal: Deal) -> Split:
    """Until the seller's share has left for the seller's own account."""

    async def look() -> Split | None:
        pots = await _pots(operator, deal.shop.storefront_id)
        sent = pots.get("transferred", 0) + pots.get("bank", 0)
        return Split(sent, deal.total - sent) if sent and not pots.get("seller") and not pots.get("in_transit") else None

    split = await until(look, "the money is transferred to the seller", AFTER_A_FALL)
    released = await _caused(operator, f"release:{deal.order_id}")
    commission = [entry["amount"] for one in released for entry in one["entries"] if entry["kind"] == "commission"]
    same(commission, [split.commission], "commission in the release")
    return split


async def check(operator: Person, deal: Deal) -> str:
    """The ledger sums to zero; the money was held once and released once."""
    balance = await operator.door.get("/ledger/balance")
    same(balance["sum"], 0, "the sum of the ledger")
    for cause in ("hold", "release"):
        same(len(await _caused(operator, f"{cause}:{deal.order_id}")), 1, f"{cause} transactions of the order")
    held = await _pots(operator, deal.order_id)
    same(held.get("held", 0), 0, "money still held for the order")
    return f"sum 0 over {balance['transactions']} transactions"


async def _pots(operator: Person, owner: str) -> dict[str, int]:
    return {pot["kind"]: pot["balance"] async for pot in _all(operator, "/ledger/accounts") if pot["owner"] == owner}


async def _caused(operator: Person, cause: str) -> list[Any]:
    return [one async for one in _all(operator, "/ledger/transactions") if one["cause"] == cause]


async def _all(operator: Person, path: str) -> AsyncIterator[Any]:
    """The newest pages of a list."""
    cursor: dict[str, str] = {}
    for _ in range(PAGES):
        page = await operator.door.get(path, limit=100, **cursor)
        for item in page["items"]:
            yield item
        if not page["next"]:
            return
        cursor = {"cursor": page["next"]}
