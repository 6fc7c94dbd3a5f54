"""The channel of a credential's state: whoever has the code may watch it."""

from common import ids
from common.actor import Actor
from common.live.registry import PUBLIC, Namespace, register


async def may_watch(_: Actor, code: str) -> bool:
    return ids.is_reference(code)


register(Namespace("credential", may_watch, scope=PUBLIC, spelling=ids.normalise_reference))
