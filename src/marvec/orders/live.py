"""The channel `order:<id>`: its moves, for buyer, seller and operator."""

from uuid import UUID

from common import live
from common.actor import Actor
from common.db import unit_of_work
from common.errors import NotFound
from marvec.orders import policy, queries


async def may_subscribe(actor: Actor, key: str) -> bool:
    try:
        async with unit_of_work() as session:
            return bool(policy.parties_of(actor, await queries.by_id(session, UUID(key))))
    except (NotFound, ValueError):
        return False


live.register(live.Namespace("order", may_subscribe, scope="orders:read"))
