"""The city's history as a list of chapters. Each is told in one transaction, so that whoever tells them may fall and go on."""

from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from common.notifications import queries as inbox
from common.notifications import service as notifications
from marvec.seed import desk, house, people, queues, shops, talks, trade
from marvec.seed.accounts import ACCOUNTS
from marvec.seed.moments import History

CHAPTER = "seed.chapter"
AT_ONCE = 6
LEFT_UNREAD = 3
T = TypeVar("T")
Chapter = Callable[[AsyncSession], Awaitable[None]]


@lru_cache(maxsize=2)
def chapters(history: History) -> tuple[Chapter, ...]:
    """In the order in which they must be told (lists sort by ids: what is open comes last); the same for the same `history`."""
    told = trade.plans(history)
    deals = talks.plans(history)
    return (
        *(partial(_shelves, history=history, number=number) for number in range(people.SHOPS)),
        *(partial(_buyers, history=history, keys=keys) for keys in _parts(people.buyer_keys()[1:], AT_ONCE)),
        *(step for deal in deals for step in (partial(talks.live_through, history=history, deal=deal), partial(talks.read, deal=deal))),
        *(partial(_orders, history=history, plans=part) for part in _parts(told, AT_ONCE)),
        *(partial(desk.live_through, history=history, case=case) for case in desk.cases()),
        *(partial(queues.live_through, history=history, line=line) for line in queues.LINES),
        partial(house.live_through, history=history),
        _tidy,
    )


async def _shelves(session: AsyncSession, history: History, number: int) -> None:
    """A new shop with all its goods, or the rest of the goods of one that stands."""
    owner = await people.known(session, people.owner_key(number))
    if owner is None:
        await shops.open_shop(session, history, number)
    await shops.fill_shelf(session, history, number, range(shops.FIRST_GOODS if owner else 0, shops.GOODS_EACH))


async def _buyers(session: AsyncSession, history: History, keys: list[str]) -> None:
    with clock.frozen(history.ago(24 * 91)):
        for key in keys:
            await people.enrol_key(session, key)


async def _orders(session: AsyncSession, history: History, plans: list[trade.Plan]) -> None:
    for plan in plans:
        await trade.live_through(session, history, plan)


async def _tidy(session: AsyncSession) -> None:
    """The people of the demonstration have read their old notifications."""
    for account in ACCOUNTS:
        actor: Actor = await people.actor(session, account.key)
        newest, _ = await inbox.page_of(session, actor.person_id, limit=LEFT_UNREAD + 1, cursor=None)
        if len(newest) > LEFT_UNREAD:
            await notifications.mark_read(session, actor, newest[-1].seq)


def _parts(things: list[T], size: int) -> list[list[T]]:
    return [things[start : start + size] for start in range(0, len(things), size)]
