"""JSON of the talk."""

from uuid import UUID

from litestar import Router, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.web.paging import Cursor, Limit, Page
from marvec.chat import queries, service
from marvec.chat.schemas import AskSeller, ConversationOut, Draft, MessageOut, OpenedOut, ReadMessages, ReportMessage, SendMessage

READS = [guards.signed_in, guards.scope("chat:read")]
WRITES = [guards.signed_in, guards.scope("chat:write")]


@get("/", guards=READS)
async def conversations(session: AsyncSession, actor: Actor, cursor: Cursor = None, limit: Limit = 20) -> Page[ConversationOut]:
    """One's own, the one last spoken in first."""
    return await queries.page_of(session, actor, cursor=cursor, limit=limit)


@post("/", guards=WRITES)
async def ask_seller(session: AsyncSession, actor: Actor, data: AskSeller) -> OpenedOut:
    """The conversation with the seller of a listing, made when there is none yet."""
    return OpenedOut(id=(await service.ask_seller(session, actor, data.listing_id)).id)


@get("/{conversation_id:uuid}/messages", guards=READS)
async def messages(session: AsyncSession, actor: Actor, conversation_id: UUID, before: int | None = None) -> list[MessageOut]:
    """The last fifty (before a seq), the oldest first."""
    await queries.readable_by(session, actor, conversation_id)
    return await queries.messages_before(session, conversation_id, before)


@post("/{conversation_id:uuid}/messages", guards=WRITES)
async def send(actor: Actor, conversation_id: UUID, data: SendMessage) -> MessageOut:
    """Say something; again with the same `client_id`: the same message. Answered after COMMIT."""
    return await service.send(Draft(conversation_id, actor.person_id, data.client_id, data.text))


@post("/{conversation_id:uuid}/readings", guards=WRITES, status_code=204)
async def read(actor: Actor, conversation_id: UUID, data: ReadMessages) -> None:
    """One has read up to `seq`."""
    await service.read_up_to(actor, conversation_id, data.seq)


@post("/{conversation_id:uuid}/messages/{seq:int}/reports", guards=WRITES, status_code=204)
async def report(session: AsyncSession, actor: Actor, conversation_id: UUID, seq: int, data: ReportMessage) -> None:
    """Ask the house to look at a message."""
    await service.report(session, actor, conversation_id, seq, data.reason)


@post("/{conversation_id:uuid}/block", guards=WRITES, status_code=204)
async def block(session: AsyncSession, actor: Actor, conversation_id: UUID) -> None:
    """Stop the words between oneself and the other."""
    await service.block(session, actor, conversation_id)


@delete("/{conversation_id:uuid}/block", guards=WRITES, status_code=204)
async def unblock(session: AsyncSession, actor: Actor, conversation_id: UUID) -> None:
    await service.unblock(session, actor, conversation_id)


router = Router(
    "/api/v1/conversations",
    route_handlers=[conversations, ask_seller, messages, send, read, report, block, unblock],
    tags=["chat"],
)
