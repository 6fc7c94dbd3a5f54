"""The channel that everybody has: `person:<id>`, for that person alone."""

from uuid import UUID

from common.actor import Actor
from common.live.registry import Namespace, register


async def oneself(actor: Actor, key: str) -> bool:
    return actor.person_id == UUID(key)


register(Namespace("person", oneself, scope="notifications:read"))
