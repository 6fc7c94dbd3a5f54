"""The channel `payment:<id>`: its payer sees the state change."""

from uuid import UUID

from common.actor import Actor
from common.db import unit_of_work
from common.live import Namespace, register
from common.payments import policy, queries
from common.payments.errors import NoSuchPayment


async def may_watch(actor: Actor, key: str) -> bool:
    try:
        async with unit_of_work() as session:
            return policy.may_see(actor, await queries.by_id(session, UUID(key)))
    except (NoSuchPayment, ValueError):
        return False


register(Namespace("payment", may_watch, scope="orders:read"))
