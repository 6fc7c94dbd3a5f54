"""Channel of a queue, `queue:<counter>:<day>`: numbers and desks only, so whoever is signed in may watch."""

from common.actor import Actor
from common.live.registry import Namespace, register


async def may_watch(_actor: Actor, key: str) -> bool:
    code, colon, day = key.rpartition(":")
    return bool(code and colon and day)


register(Namespace("queue", may_watch))
