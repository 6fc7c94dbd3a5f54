"""A new group in one round trip: group, orders (whose trigger writes the history), lines, timers, intent, and the reserved stock.

One statement with data-modifying CTEs; what belongs to other rooms is done by the SQL functions that they lend (`open_payment_intent`,
`change_stock`). The stock comes last, so that the row of an item that everybody wants is locked for the shortest time.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Row, bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import ids
from common.db import to_json
from marvec.listings.errors import OutOfStock
from marvec.orders.errors import SellerLimitReached
from marvec.orders.machine import CURRENT, OrderState
from marvec.orders.service.drafting import Draft

TIME_OUT = "orders.time_out"
LIMIT = "ck_orders_within_selling_limit"
"""The constraint's name that the trigger of migration 0017 gives."""

_WRITE = text("""
WITH new_group AS (
    INSERT INTO order_groups (id, buyer_id, client_key, total, intent_id, created_at)
    VALUES (:id, :buyer_id, :client_key, :total, :intent_id, :now)
    ON CONFLICT ON CONSTRAINT uq_order_groups_buyer_id_client_key DO NOTHING
    RETURNING id
), new_orders AS (
    INSERT INTO orders (id, reference, group_id, buyer_id, seller_id, storefront_id, offer_id, machine, state, moved_at, moved_by,
                        moved_because, total, commission, refunded, handover, address, kelurahan_code, note, needed_at, created_at,
                        pay_by)
    SELECT o.id, o.reference, g.id, o.buyer_id, o.seller_id, o.storefront_id, o.offer_id, :machine, :state, :now, o.buyer_id,
           '', o.total, o.commission, 0, o.handover, o.address, o.kelurahan_code, o.note, o.needed_at, :now, :pay_by
    FROM new_group g, jsonb_to_recordset(CAST(:orders AS jsonb)) AS o(id uuid, reference text, buyer_id uuid, seller_id uuid,
         storefront_id uuid, offer_id uuid, total bigint, commission bigint, handover text, address text, kelurahan_code text, note text,
         needed_at timestamptz)
), new_lines AS (
    INSERT INTO order_lines (id, order_id, listing_id, title, unit, quantity, unit_price, commission_bps, commission_base, commission)
    SELECT l.* FROM new_group g, jsonb_to_recordset(CAST(:lines AS jsonb)) AS l(id uuid, order_id uuid, listing_id uuid, title text,
         unit text, quantity integer, unit_price bigint, commission_bps integer, commission_base bigint, commission bigint)
), new_timers AS (
    INSERT INTO outbox (id, job, args, key, run_at, created_at, attempts, last_error)
    SELECT t.id, :job, jsonb_build_object('order_id', t.order_id, 'state', :state), 'order:' || t.order_id || ':' || :state,
           :pay_by, :now, 0, ''
    FROM new_group g, jsonb_to_recordset(CAST(:timers AS jsonb)) AS t(id uuid, order_id uuid)
), new_intent AS (
    SELECT open_payment_intent(:intent_id, :buyer_id, 'order_group', g.id, CAST(:total AS bigint), :pay_by, :now) AS id FROM new_group g
)
SELECT i.id, s.short_id, s.short_free
FROM new_intent i LEFT JOIN LATERAL change_stock(CAST(:listing_ids AS uuid[]), CAST(:pieces AS integer[]), 0, 1) s ON i.id IS NOT NULL
""").bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("now", "pay_by")))


async def write_group(session: AsyncSession, draft: Draft) -> bool:
    """False, and nothing written, when this buyer has already used this client key. Raises OutOfStock, SellerLimitReached."""
    try:
        row = await _write(session, draft)
    except IntegrityError as refused:
        raise _in_words(refused) from refused
    if row is not None and row.short_id is not None:
        raise OutOfStock(listing_id=row.short_id, left=row.short_free)
    return row is not None


async def _write(session: AsyncSession, draft: Draft) -> "Row[Any] | None":
    group = draft.group
    return (
        await session.execute(
            _WRITE,
            {
                "id": group.id,
                "buyer_id": group.buyer_id,
                "client_key": group.client_key,
                "total": group.total,
                "intent_id": group.intent_id,
                "now": group.created_at,
                "machine": CURRENT,
                "state": OrderState.PLACED.value,
                "orders": to_json(draft.orders),
                "lines": to_json(draft.lines),
                "timers": to_json([{"id": ids.uuid7(), "order_id": order["id"]} for order in draft.orders]),
                "job": TIME_OUT,
                "pay_by": draft.pay_by,
                "listing_ids": [line["listing_id"] for line in draft.lines],
                "pieces": [line["quantity"] for line in draft.lines],
            },
        )
    ).first()


def _in_words(refused: IntegrityError) -> Exception:
    """The limit's own word; other constraints speak for themselves."""
    told = getattr(refused.orig, "__cause__", None)
    if getattr(told, "constraint_name", None) == LIMIT:
        return SellerLimitReached(seller_id=UUID(str(getattr(told, "detail", ""))))
    return refused
