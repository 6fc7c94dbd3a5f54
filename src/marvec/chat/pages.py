"""The talk as pages: works by forms and reloading, and comes alive with `chat.js`."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import front, guards, ids
from common.actor import Actor
from common.i18n import gettext as _
from common.identity import queries as identity
from common.web.fields import Form
from common.web.forms import reshow
from common.web.paging import Cursor
from common.web.templating import page, see_other
from marvec.chat import queries, service
from marvec.chat.errors import NoConversation
from marvec.chat.schemas import AskSeller, Draft, MessageOut, ReportMessage, SendMessage
from marvec.chat.warnings import SENTENCES

Before = Annotated[int | None, QueryParameter(name="before", ge=1)]


@get("/", guards=[guards.signed_in])
async def list_conversations(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Response[Any]:
    found = await queries.page_of(session, actor, cursor=cursor)
    names = await identity.names_of(session, {one for line in found.items for one in line.people})
    for line in found.items:
        line.names = [names.get(one, "") for one in line.people if one != actor.person_id]
    return page("chat/list.html", section="chat", lines=found.items, next=found.next)


@post("/mulai", guards=[guards.signed_in])
async def ask_seller(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor) -> Response[Any]:
    wanted = Form.sent(await request.form()).parse(AskSeller)
    return see_other(f"/pesan/{(await service.ask_seller(session, actor, wanted.listing_id)).id}#akhir")


@get("/{conversation_id:uuid}", guards=[guards.signed_in])
async def show_conversation(session: AsyncSession, actor: Actor, conversation_id: UUID, before: Before = None) -> Response[Any]:
    context = await _context(session, actor, conversation_id, before)
    if before is None:
        await service.read_up_to(actor, conversation_id, context["conversation"].last_seq)
    return page("chat/show.html", **context)


@get("/{conversation_id:uuid}/{seq:int}", guards=[guards.signed_in])
async def show_message(session: AsyncSession, actor: Actor, conversation_id: UUID, seq: int) -> Response[Any]:
    """One message as a piece of the page: what the live page puts in."""
    await queries.readable_by(session, actor, conversation_id)
    found = await queries.message(session, conversation_id, seq)
    if found is None:
        raise NoConversation
    names = await identity.names_of(session, {found.author_id})
    return page("chat/message.html", one=found, names=names, me=actor.person_id, sentences=SENTENCES)


@post("/{conversation_id:uuid}", guards=[guards.signed_in])
async def send(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, conversation_id: UUID) -> Response[Any]:
    async with reshow(request, "chat/show.html", **await _context(session, actor, conversation_id, None)) as form:
        said = form.parse(SendMessage)
        await service.send(Draft(conversation_id, actor.person_id, said.client_id, said.text))
    return see_other(f"/pesan/{conversation_id}#akhir")


@post("/{conversation_id:uuid}/{seq:int}/laporkan", guards=[guards.signed_in])
async def report(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, conversation_id: UUID, seq: int) -> Response[Any]:
    reason = Form.sent(await request.form()).parse(ReportMessage).reason
    await service.report(session, actor, conversation_id, seq, reason)
    return see_other(f"/pesan/{conversation_id}", toast=_("Laporan ta’ sudah kami terima. Terima kasih."))


@post("/{conversation_id:uuid}/blokir", guards=[guards.signed_in])
async def block(session: AsyncSession, actor: Actor, conversation_id: UUID) -> Response[Any]:
    await service.block(session, actor, conversation_id)
    return see_other(f"/pesan/{conversation_id}", toast=_("Diblokir. Tidak ada pesan lagi di antara Anda berdua."))


@post("/{conversation_id:uuid}/buka-blokir", guards=[guards.signed_in])
async def unblock(session: AsyncSession, actor: Actor, conversation_id: UUID) -> Response[Any]:
    await service.unblock(session, actor, conversation_id)
    return see_other(f"/pesan/{conversation_id}", toast=_("Blokir dibuka."))


async def _context(session: AsyncSession, actor: Actor, conversation_id: UUID, before: int | None) -> dict[str, Any]:
    conversation = await queries.readable_by(session, actor, conversation_id)
    shown: list[MessageOut] = await queries.messages_before(session, conversation_id, before)
    marks = await queries.watermarks(session, conversation_id)
    return {
        "section": "chat",
        "conversation": conversation,
        "messages": shown,
        "older": shown[0].seq if shown and shown[0].seq > 1 else None,
        "is_newest": before is None,
        "names": await identity.names_of(session, conversation.people),
        "me": actor.person_id,
        "seen": max((seq for person_id, seq in marks.items() if person_id != actor.person_id), default=0),
        "blocked": await queries.has_blocked(session, actor.person_id, conversation.people),
        "client_id": str(ids.uuid7()),
        "sentences": SENTENCES,
        "pieces": await front.pieces_for("conversation", session, actor, conversation),
    }


router = Router(
    "/pesan",
    route_handlers=[list_conversations, ask_seller, show_conversation, show_message, send, report, block, unblock],
    include_in_schema=False,
)
