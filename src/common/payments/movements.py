"""What a seller reads of the ledger: where the money of some storefronts is, and how it got there. Amounts are whole rupiah.

A seller's *balance* is what is hers and not yet at her bank: owed by us, being transferred, or on her account at the provider. Money
that is held for orders is not hers yet and stands apart. Every line is one ledger transaction: a balance is exactly the sum of its lines.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, String, bindparam, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.ext.asyncio import AsyncSession

from common.web.paging import Page, keys_of, page_of

LIST = "movements:newest"
_OWNERS = (bindparam("owners", type_=ARRAY(String)), bindparam("ids", type_=ARRAY(UuidType)))

BALANCE = text("""
    WITH pots AS (
        SELECT a.kind, sum(e.amount)::bigint AS amount FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
        WHERE a.owner = ANY (:owners) AND a.kind IN ('seller', 'in_transit', 'transferred', 'bank') GROUP BY a.kind)
    SELECT coalesce((SELECT sum(amount - refunded - lost) FROM payment_parts
                     WHERE storefront_id = ANY (:ids) AND released_at IS NULL), 0)::bigint AS held,
           coalesce((SELECT amount FROM pots WHERE kind = 'seller'), 0)::bigint AS owed,
           coalesce((SELECT amount FROM pots WHERE kind = 'in_transit'), 0)::bigint AS in_transit,
           coalesce((SELECT amount FROM pots WHERE kind = 'transferred'), 0)::bigint AS transferred,
           coalesce((SELECT amount FROM pots WHERE kind = 'bank'), 0)::bigint AS paid_out,
           coalesce((SELECT sum(t.amount) FROM payment_transfers t LEFT JOIN payment_seller_accounts s USING (storefront_id)
                     WHERE t.storefront_id = ANY (:ids) AND t.state = 'pending'
                       AND NOT (coalesce(s.transfers_enabled, false) AND payee_is_confirmed(t.storefront_id))), 0)::bigint AS waiting
""").bindparams(*_OWNERS)

# `net`: what the transaction added to the balance. A transfer moves money within it and is no line of its own: it stands beside its sale.
LINES = """
    WITH mine AS (
        SELECT e.transaction_id, sum(e.amount)::bigint AS net FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
        WHERE a.owner = ANY (:owners) AND a.kind IN ('seller', 'in_transit', 'transferred')
        GROUP BY e.transaction_id HAVING sum(e.amount) <> 0),
    told AS (
        SELECT t.id, t.at, t.kind, split_part(t.cause, ':', 3) AS outcome, m.net,
               CASE WHEN t.kind IN ('release', 'refund', 'payout', 'share', 'dispute', 'assign')
                    THEN split_part(t.cause, ':', 2)::uuid END AS subject
        FROM mine m JOIN ledger_transactions t ON t.id = m.transaction_id)
    SELECT t.id, t.at, t.kind, t.outcome, t.net, coalesce(c.commission, 0)::bigint AS commission,
           coalesce(r.order_id, d.order_id, CASE WHEN t.kind = 'release' THEN t.subject END) AS order_id,
           coalesce(f.provider_ref, p.provider_ref, '') AS reference
    FROM told t
    LEFT JOIN LATERAL (SELECT sum(e.amount) AS commission FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
                       WHERE e.transaction_id = t.id AND a.kind = 'commission') c ON t.kind IN ('release', 'refund')
    LEFT JOIN payment_refunds r ON t.kind IN ('refund', 'assign') AND r.id = t.subject
    LEFT JOIN LATERAL (SELECT (array_agg(p.order_id))[1] AS order_id FROM payment_disputes b, jsonb_object_keys(b.shares) AS share
                       JOIN payment_parts p ON p.order_id::text = share AND p.storefront_id::text = ANY (:owners)
                       WHERE b.id = t.subject HAVING count(*) = 1) d ON t.kind IN ('share', 'dispute', 'assign')
    LEFT JOIN payment_transfers f ON t.kind = 'release' AND f.order_id = t.subject AND f.reversal_id IS NULL
    LEFT JOIN payment_payouts p ON t.kind = 'payout' AND p.id = t.subject
"""
_TIMES = (bindparam("since", type_=DateTime(timezone=True)), bindparam("until", type_=DateTime(timezone=True)))
PAGE = text(
    LINES
    + "WHERE CAST(:since AS timestamptz) IS NULL OR (t.at, t.id) < (:since, CAST(:last AS uuid)) ORDER BY t.at DESC, t.id DESC LIMIT :most"
).bindparams(_OWNERS[0], _TIMES[0])
MONTH = text(LINES + "WHERE t.at >= :since AND t.at < :until ORDER BY t.at, t.id").bindparams(_OWNERS[0], *_TIMES)
UP_TO = text("""
    SELECT coalesce(sum(e.amount), 0)::bigint FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
    JOIN ledger_transactions t ON t.id = e.transaction_id
    WHERE a.owner = ANY (:owners) AND a.kind IN ('seller', 'in_transit', 'transferred') AND t.at < :until
""").bindparams(_OWNERS[0], _TIMES[1])


@dataclass(frozen=True)
class SellerBalance:
    """`waiting`: transfers that the seller's account, or address, keeps waiting. `owed` is negative when the seller owes us."""

    held: int
    owed: int
    in_transit: int
    transferred: int
    paid_out: int
    waiting: int

    @property
    def available(self) -> int:
        """Hers, and not sent yet."""
        return max(0, self.owed) + self.waiting

    @property
    def on_the_way(self) -> int:
        """Between us and her bank."""
        return self.in_transit - self.waiting + self.transferred

    @property
    def debt(self) -> int:
        """What is taken from the next sales: refunds that her account at the provider could not bear."""
        return max(0, -self.owed)


@dataclass(frozen=True)
class Movement:
    """One line. `kind`: release (a sale), refund, payout, or another cause; `outcome`: the state that the payout or refund moved to."""

    id: UUID
    at: datetime
    kind: str
    outcome: str
    net: int
    commission: int
    order_id: UUID | None
    reference: str

    @property
    def gross(self) -> int:
        """What the buyer paid for the goods; 0 of what is no sale."""
        return self.net + self.commission if self.kind == "release" else 0

    @property
    def refunded(self) -> int:
        """What went back to the buyer; negative when a refund failed."""
        return -(self.net + self.commission) if self.kind == "refund" else 0


async def balance_of(session: AsyncSession, storefront_ids: Collection[UUID]) -> SellerBalance:
    """Where the money of these storefronts is, altogether."""
    row = (await session.execute(BALANCE, _named(storefront_ids))).one()
    return SellerBalance(**row._mapping)


async def newest(session: AsyncSession, storefront_ids: Collection[UUID], *, cursor: str | None, limit: int) -> Page[Movement]:
    """All lines of these storefronts, the newest first."""
    since, last = keys_of(LIST, cursor) or (None, None)
    wanted = {**_named(storefront_ids), "since": since, "last": last, "most": limit + 1}
    found = [Movement(**row._mapping) for row in await session.execute(PAGE, wanted)]
    return page_of(found, limit, LIST, lambda one: (one.at, one.id), lambda one: one)


async def between(session: AsyncSession, storefront_id: UUID, since: datetime, until: datetime) -> list[Movement]:
    """The lines of one storefront from `since` up to but not at `until`, the oldest first."""
    return [Movement(**row._mapping) for row in await session.execute(MONTH, {**_named([storefront_id]), "since": since, "until": until})]


async def balance_at(session: AsyncSession, storefront_id: UUID, until: datetime) -> int:
    """The balance of one storefront just before a moment."""
    return int(await session.scalar(UP_TO, {"owners": [str(storefront_id)], "until": until}) or 0)


def _named(storefront_ids: Collection[UUID]) -> dict[str, Any]:
    return {"owners": [str(one) for one in storefront_ids], "ids": list(storefront_ids)}
