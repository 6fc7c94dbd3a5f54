"""Channel of a queue, `queue:<counter>:<day>`: numbers and desks only, so whoever is signed in may watch."""

from datetime import date

from civic.queues import queries
from civic.queues.errors import NoSuchCounter
from common.actor import Actor
from common.db import unit_of_work
from common.live.registry import PUBLIC, Namespace, register


async def may_watch(_actor: Actor, key: str) -> bool:
    try:
        async with unit_of_work() as session:
            await queries.counter(session, key.rpartition(":")[0])
    except NoSuchCounter:
        return False
    return True


def of_counter_and_day(key: str) -> str:
    """`<counter>:YYYY-MM-DD`. Raises ValueError."""
    code, _, day = key.rpartition(":")
    return f"{code}:{date.fromisoformat(day)}"


register(Namespace("queue", may_watch, scope=PUBLIC, spelling=of_counter_and_day))
