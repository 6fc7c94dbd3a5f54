"""Reads of orders, and every lock on them (in the order of ids)."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Date, Select, and_, bindparam, cast, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import normalise_reference
from common.states import StateHistory
from common.web import paging
from marvec.orders.errors import NoDispute, NoSuchOrder
from marvec.orders.machine import DisputeState, OrderState
from marvec.orders.models import DisputePicture, DisputeStatement, Order, OrderDispute, OrderGroup, OrderLine, OrderRefund
from marvec.orders.schemas import BestGoods, Finished, Placed, WeekOfSales

Row = TypeVar("Row")
_IN_WITA = func.timezone(literal_column("'Asia/Makassar'"), col(Order.created_at))
UNSOLD = (OrderState.CANCELLED, OrderState.DECLINED, OrderState.EXPIRED)
SELLERS_WORK = (OrderState.PAID, OrderState.ACCEPTED, OrderState.READY, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.DISPUTED)
MOST_COUNTED = 200
"""Newest orders that the first page looks at: older ones do not wait for anybody, timers have ended them."""
_PLACED = (
    select(col(Order.id), col(Order.reference), col(Order.storefront_id), col(Order.total))
    .where(col(Order.group_id) == bindparam("group_id"))
    .order_by(col(Order.id))
)
"""Built once: this is asked at every checkout."""


async def group_by_key(session: AsyncSession, buyer_id: UUID, client_key: str) -> OrderGroup | None:
    found: OrderGroup | None = await session.scalar(
        select(OrderGroup).where(col(OrderGroup.buyer_id) == buyer_id, col(OrderGroup.client_key) == client_key)
    )
    return found


async def by_id(session: AsyncSession, order_id: UUID) -> Order:
    return _found(await session.get(Order, order_id))


async def by_reference(session: AsyncSession, reference: str) -> Order:
    """By what a person typed or read aloud."""
    return _found(await session.scalar(select(Order).where(col(Order.reference) == normalise_reference(reference))))


async def by_offer(session: AsyncSession, offer_id: UUID) -> Order | None:
    found: Order | None = await session.scalar(select(Order).where(col(Order.offer_id) == offer_id))
    return found


async def group_of(session: AsyncSession, order: Order) -> OrderGroup:
    group = await session.get(OrderGroup, order.group_id)
    assert group is not None
    return group


async def placed_of(session: AsyncSession, group_id: UUID) -> list[Placed]:
    """What a group consists of, in the order of ids."""
    return [Placed(**row._mapping) for row in await session.execute(_PLACED, {"group_id": group_id})]


async def lines_of(session: AsyncSession, order_ids: list[UUID]) -> list[OrderLine]:
    mine = select(OrderLine).where(col(OrderLine.order_id).in_(order_ids)).order_by(col(OrderLine.id))
    return list(await session.scalars(mine))


async def references_of(session: AsyncSession, order_ids: Collection[UUID]) -> dict[UUID, str]:
    """References by id; what does not exist is left out."""
    rows = await session.execute(select(col(Order.id), col(Order.reference)).where(col(Order.id).in_(order_ids)))
    return {row[0]: row[1] for row in rows}


async def history_of(session: AsyncSession, order_id: UUID) -> list[StateHistory]:
    mine = select(StateHistory).where(col(StateHistory.subject_id) == order_id).order_by(col(StateHistory.seq))
    return list(await session.scalars(mine))


async def bought_by(session: AsyncSession, buyer_id: UUID, limit: int, cursor: str | None) -> paging.Page[Order]:
    """A buyer's orders, newest first."""
    return await _page(session, select(Order).where(col(Order.buyer_id) == buyer_id), "bought", limit, cursor)


async def all_bought(session: AsyncSession, person_id: UUID) -> list[Order]:
    """Everything that a person ever ordered, newest first: for the download of one's data."""
    return list(await session.scalars(select(Order).where(col(Order.buyer_id) == person_id).order_by(col(Order.id).desc())))


async def all_sold(session: AsyncSession, person_id: UUID) -> list[Order]:
    """Everything that was ever ordered from a person and paid, newest first."""
    mine = select(Order).where(col(Order.seller_id) == person_id, col(Order.state) != OrderState.PLACED)
    return list(await session.scalars(mine.order_by(col(Order.id).desc())))


async def count_under_way(session: AsyncSession, person_id: UUID) -> tuple[int, int]:
    """How many orders have not ended: as the buyer, as the seller."""
    going = select(func.count()).select_from(Order).where(col(Order.state).not_in((*UNSOLD, OrderState.COMPLETED)))
    bought = await session.scalar(going.where(col(Order.buyer_id) == person_id))
    return bought or 0, await session.scalar(going.where(col(Order.seller_id) == person_id)) or 0


async def sold_by(
    session: AsyncSession, seller_id: UUID, states: Collection[OrderState], limit: int, cursor: str | None
) -> paging.Page[Order]:
    """A seller's orders in `states`, newest first; unpaid ones are nobody's business but the buyer's."""
    mine = select(Order).where(col(Order.seller_id) == seller_id, col(Order.state) != OrderState.PLACED)
    return await _page(session, mine.where(col(Order.state).in_(states)) if states else mine, "sold", limit, cursor)


async def under_way_of(session: AsyncSession, seller_id: UUID) -> list[Order]:
    """What a seller has to do or to wait for, the oldest first; at most 200, since more than that nobody works off on one page."""
    going = col(Order.seller_id) == seller_id, col(Order.state).in_(SELLERS_WORK)
    return list(await session.scalars(select(Order).where(*going).order_by(col(Order.id)).limit(MOST_COUNTED)))


async def recent_states(session: AsyncSession, person_id: UUID) -> tuple[Counter[OrderState], Counter[OrderState]]:
    """How many of a person's newest orders are in which state: as the buyer, and as the seller. Bounded, for the first page."""
    return await _recent_states(session, col(Order.buyer_id) == person_id), await _recent_states(
        session, and_(col(Order.seller_id) == person_id, col(Order.state) != OrderState.PLACED)
    )


async def completed_since(session: AsyncSession, person_id: UUID, since: datetime, limit: int = MOST_COUNTED) -> list[Finished]:
    """What a person bought or sold and was completed since, the last first. An index serves each side."""
    columns = (col(Order.id), col(Order.reference), col(Order.storefront_id), col(Order.buyer_id), col(Order.seller_id), col(Order.total),
               col(Order.moved_at))  # fmt: skip
    completed = select(*columns).where(col(Order.state) == OrderState.COMPLETED, col(Order.moved_at) > since)
    newest = completed.order_by(col(Order.moved_at).desc()).limit(limit)
    sides = [newest.where(col(side) == person_id).subquery() for side in (Order.buyer_id, Order.seller_id)]
    rows = [Finished(*row) for row in await session.execute(union_all(*(select(side) for side in sides)))]
    return sorted(rows, key=lambda row: row.completed_at, reverse=True)[:limit]


async def count_completed(session: AsyncSession, storefront_id: UUID) -> int:
    """How many orders a shop has carried out. A partial index holds just these."""
    done = select(func.count()).where(col(Order.storefront_id) == storefront_id, col(Order.state) == OrderState.COMPLETED)
    return int(await session.scalar(done) or 0)


async def sales_by_week(session: AsyncSession, seller_id: UUID, storefront_id: UUID, *, since: date) -> list[WeekOfSales]:
    """A shop's weeks (Monday to Sunday in WITA) from the Monday `since`, in which something was sold, oldest first."""
    monday = cast(func.date_trunc(literal_column("'week'"), _IN_WITA), Date)
    earned = cast(func.sum(col(Order.total) - col(Order.refunded) - col(Order.lost)), BigInteger)
    sold = select(monday, earned, func.count()).where(*_sold(seller_id, storefront_id), monday >= since)
    return [WeekOfSales(*row) for row in await session.execute(sold.group_by(monday).order_by(monday))]


async def best_goods(session: AsyncSession, seller_id: UUID, storefront_id: UUID, *, since: date, limit: int = 8) -> list[BestGoods]:
    """What a shop earned most with since that day, by the title at the sale."""
    earned = cast(func.sum(col(OrderLine.unit_price) * col(OrderLine.quantity)), BigInteger)
    pieces = func.sum(col(OrderLine.quantity))
    day = cast(_IN_WITA, Date)
    titled = select(col(OrderLine.title), earned, pieces, func.max(col(OrderLine.unit))).join(Order, col(Order.id) == OrderLine.order_id)
    sold = titled.where(*_sold(seller_id, storefront_id), day >= since).group_by(col(OrderLine.title))
    return [BestGoods(*row) for row in await session.execute(sold.order_by(earned.desc(), col(OrderLine.title)).limit(limit))]


async def refunds_of(session: AsyncSession, order_id: UUID) -> list[OrderRefund]:
    """What went back to the buyer, oldest first."""
    mine = select(OrderRefund).where(col(OrderRefund.order_id) == order_id).order_by(col(OrderRefund.made_at), col(OrderRefund.id))
    return list(await session.scalars(mine))


async def refund_by_key(session: AsyncSession, order_id: UUID, client_key: str) -> OrderRefund | None:
    mine = select(OrderRefund).where(col(OrderRefund.order_id) == order_id, col(OrderRefund.client_key) == client_key)
    found: OrderRefund | None = await session.scalar(mine)
    return found


async def dispute_of(session: AsyncSession, order_id: UUID) -> OrderDispute | None:
    """The order's complaint, ended ones, too."""
    found: OrderDispute | None = await session.scalar(select(OrderDispute).where(col(OrderDispute.order_id) == order_id))
    return found


async def dispute_for_update(session: AsyncSession, order_id: UUID) -> OrderDispute:
    """Locked, after its order. Raises NoDispute."""
    found = await session.scalar(_locking(select(OrderDispute).where(col(OrderDispute.order_id) == order_id)))
    if found is None:
        raise NoDispute
    return found


async def open_dispute_for_update(session: AsyncSession, order_id: UUID) -> OrderDispute:
    """Raises NoDispute, also when it has ended."""
    found = await dispute_for_update(session, order_id)
    if not found.is_open:
        raise NoDispute
    return found


async def statements_of(session: AsyncSession, dispute_id: UUID) -> list[DisputeStatement]:
    """What was said, oldest first."""
    mine = select(DisputeStatement).where(col(DisputeStatement.dispute_id) == dispute_id).order_by(col(DisputeStatement.id))
    return list(await session.scalars(mine))


async def dispute_pictures_of(session: AsyncSession, statement_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Files by statement, as they were handed in."""
    mine = select(DisputePicture).where(col(DisputePicture.statement_id).in_(list(statement_ids))).order_by(col(DisputePicture.place))
    found: dict[UUID, list[UUID]] = {}
    for picture in await session.scalars(mine):
        found.setdefault(picture.statement_id, []).append(picture.file_id)
    return found


async def order_of_picture(session: AsyncSession, file_id: UUID) -> Order | None:
    """Whose dispute a picture belongs to."""
    said = select(Order).join(OrderDispute, col(OrderDispute.order_id) == col(Order.id))
    said = said.join(DisputeStatement, col(DisputeStatement.dispute_id) == col(OrderDispute.id))
    said = said.join(DisputePicture, col(DisputePicture.statement_id) == col(DisputeStatement.id))
    found: Order | None = await session.scalar(said.where(col(DisputePicture.file_id) == file_id))
    return found


async def disputes_to_decide(session: AsyncSession, limit: int) -> list[tuple[OrderDispute, Order]]:
    """What an operator must decide, the nearest default first; without one at the end."""
    waiting = select(OrderDispute, Order).join(Order, col(Order.id) == col(OrderDispute.order_id))
    waiting = waiting.where(col(OrderDispute.state) == DisputeState.REVIEW)
    rows = await session.execute(waiting.order_by(col(OrderDispute.decide_by).asc().nulls_last(), col(OrderDispute.id)).limit(limit))
    return [(dispute, order) for dispute, order in rows]


async def disputes_of_the_two(session: AsyncSession, limit: int, cursor: str | None) -> paging.Page[Order]:
    """Disputed orders that the two may still settle, newest first."""
    talking = select(col(OrderDispute.order_id)).where(col(OrderDispute.state).in_((DisputeState.OPEN, DisputeState.ANSWERED)))
    return await _page(session, select(Order).where(col(Order.id).in_(talking)), "disputed", limit, cursor)


async def count_to_decide(session: AsyncSession) -> int:
    """How many disputes wait for an operator; a partial index holds just these."""
    waiting = select(func.count()).select_from(OrderDispute).where(col(OrderDispute.state) == DisputeState.REVIEW)
    return int(await session.scalar(waiting) or 0)


async def statements_by(session: AsyncSession, person_id: UUID) -> list[DisputeStatement]:
    """All that a person said in disputes, newest first: for the download of one's data."""
    mine = select(DisputeStatement).where(col(DisputeStatement.author_id) == person_id).order_by(col(DisputeStatement.id).desc())
    return list(await session.scalars(mine))


async def order_for_update(session: AsyncSession, order_id: UUID) -> Order:
    return _found(await session.scalar(_locking(select(Order).where(col(Order.id) == order_id))))


async def group_for_update(session: AsyncSession, group_id: UUID) -> tuple[OrderGroup, list[Order]]:
    """The orders of a group first, in the order of ids, then the group: everybody locks them so."""
    orders = list(await session.scalars(_locking(select(Order).where(col(Order.group_id) == group_id).order_by(col(Order.id)))))
    group: OrderGroup | None = await session.scalar(_locking(select(OrderGroup).where(col(OrderGroup.id) == group_id)))
    if group is None:
        raise NoSuchOrder
    return group, orders


def _sold(seller_id: UUID, storefront_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Paid for and not given back; the seller is named because the index begins with him."""
    mine = col(Order.seller_id) == seller_id, col(Order.storefront_id) == storefront_id
    return (*mine, col(Order.state) != OrderState.PLACED, col(Order.state).not_in(UNSOLD))


async def _recent_states(session: AsyncSession, mine: ColumnElement[bool]) -> Counter[OrderState]:
    newest = select(col(Order.state)).where(mine).order_by(col(Order.id).desc()).limit(MOST_COUNTED)
    return Counter(await session.scalars(newest))


async def _page(session: AsyncSession, rows: Select[Order], name: str, limit: int, cursor: str | None) -> paging.Page[Order]:
    continued = paging.after(rows, [col(Order.id)], paging.keys_of(f"orders:{name}", cursor), descending=True).limit(limit + 1)
    found = list(await session.scalars(continued))
    return paging.page_of(found, limit, f"orders:{name}", lambda order: [order.id], lambda order: order)


def _locking(statement: Select[Row]) -> Select[Row]:
    return statement.with_for_update().execution_options(populate_existing=True)


def _found(order: Order | None) -> Order:
    if order is None:
        raise NoSuchOrder
    return order
