"""Channels of the engine: a case for its applicant and its office, a desk for the office's officers."""

from uuid import UUID

from civic.services import queries
from common import offices
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


def of_office(key: str) -> str:
    """An office's code. Raises ValueError."""
    if key not in offices.all_offices():
        raise ValueError(key)
    return key


register(Namespace("application", may_watch_case, scope="applications"))
register(Namespace("desk", may_watch_desk, scope="desk", spelling=of_office))
