"""JSON of the inbox."""

from litestar import Router, get, post, put
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.notifications import queries, service
from common.notifications.schemas import MarkRead, NotificationOut, Preferences, Unread
from common.web.paging import Cursor, Limit, Page


@get("/", guards=[guards.signed_in, guards.scope("notifications:read")])
async def inbox(session: AsyncSession, actor: Actor, cursor: Cursor = None, limit: Limit = 30) -> Page[NotificationOut]:
    """The newest first."""
    rows, following = await queries.page_of(session, actor.person_id, limit=limit, cursor=cursor)
    return Page(items=[NotificationOut.of(row) for row in rows], next=following)


@get("/unread", guards=[guards.signed_in, guards.scope("notifications:read")])
async def unread(session: AsyncSession, actor: Actor) -> Unread:
    """How many wait."""
    return Unread(unread=await queries.unread_of(session, actor.person_id))


@post("/readings", guards=[guards.signed_in, guards.scope("notifications:write")], status_code=200)
async def mark_read(session: AsyncSession, actor: Actor, data: MarkRead) -> Unread:
    """Everything up to a number was seen."""
    return Unread(unread=await service.mark_read(session, actor, data.up_to))


@get("/preferences", guards=[guards.signed_in, guards.scope("notifications:read")])
async def preferences(session: AsyncSession, actor: Actor) -> Preferences:
    """Groups that also come by e-mail or to the phone, and whether the night is quiet."""
    return await service.preferences(session, actor)


@put("/preferences", guards=[guards.signed_in, guards.scope("notifications:write")])
async def choose(session: AsyncSession, actor: Actor, data: Preferences) -> Preferences:
    """Choose them; groups left out come in the app only."""
    await service.choose(session, actor, data)
    return data


router = Router(path="/api/v1/notifications", route_handlers=[inbox, unread, mark_read, preferences, choose], tags=["notifications"])
