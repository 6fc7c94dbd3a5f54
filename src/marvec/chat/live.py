"""The channel `chat:<conversation>`, whose stream is the messages themselves, and what is done over the socket."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from common import live
from common.actor import Actor
from common.errors import Invalid
from marvec.chat import queries, service
from marvec.chat.schemas import Draft, ReadUpTo, Said, Typing

Shape = TypeVar("Shape")


async def takes_part(actor: Actor, key: str) -> bool:
    return actor.person_id in await queries.remembered_people(UUID(key))


live.register(
    live.Namespace(
        "chat",
        takes_part,
        scope="chat:read",
        read=queries.messages_after,
        positions=queries.positions,
        presence=True,
        strangers=queries.strangers,
    )
)


@live.rpc("chat.send", scope="chat:write")
async def send(actor: Actor, data: Any) -> Any:
    """`{conversation, client_id, text}` -> `{seq, at}`, after COMMIT."""
    said = _shaped(data, Said)
    sent = await service.send(Draft(said.conversation, actor.person_id, said.client_id, said.text))
    return {"seq": sent.seq, "at": sent.at}


@live.rpc("chat.read", scope="chat:write")
async def read(actor: Actor, data: Any) -> Any:
    """`{conversation, seq}` -> `{}`."""
    wanted = _shaped(data, ReadUpTo)
    await service.read_up_to(actor, wanted.conversation, wanted.seq)
    return {}


@live.rpc("chat.typing", scope="chat:write", signal=True)
async def typing(actor: Actor, data: Any) -> Any:
    """`{conversation}` -> `{}`."""
    await service.typing(actor, _shaped(data, Typing).conversation)
    return {}


def _shaped(data: Any, shape: type[Shape]) -> Shape:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise Invalid({"data": str(error)}) from error
