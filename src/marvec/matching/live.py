"""The channel `request:<id>`: matches and offers as they arrive, for the buyer alone."""

from uuid import UUID

from common import live
from common.actor import Actor
from common.db import unit_of_work
from common.errors import NotFound
from marvec.matching import queries


async def may_subscribe(actor: Actor, key: str) -> bool:
    try:
        async with unit_of_work() as session:
            return (await queries.by_id(session, UUID(key))).buyer_id == actor.person_id
    except (NotFound, ValueError):
        return False


live.register(live.Namespace("request", may_subscribe, scope="market:read"))
