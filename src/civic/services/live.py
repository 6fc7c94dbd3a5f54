"""Channels of the engine: a case for its applicant and its office, a desk for the office's officers."""

from uuid import UUID

from civic.services import queries
from common.actor import Actor, Role
from common.db import unit_of_work
from common.live.registry import Namespace, register


async def may_watch_case(actor: Actor, key: str) -> bool:
    try:
        async with unit_of_work() as session:
            return await queries.is_visible(session, actor, UUID(key))
    except ValueError:
        return False


async def may_watch_desk(actor: Actor, key: str) -> bool:
    return actor.has(Role.OFFICER, key)


register(Namespace("application", may_watch_case))
register(Namespace("desk", may_watch_desk))
