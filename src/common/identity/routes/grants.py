"""Roles, for admins."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.identity import queries, service
from common.identity.schemas import GiveGrant, GrantOut
from common.web.paging import Cursor, Limit, Page, linked


@get("/grants", guards=[guards.role(Role.ADMIN), guards.scope("admin:read")])
async def grants(
    request: Request[Any, Any, Any], session: AsyncSession, limit: Limit = 50, cursor: Cursor = None
) -> Response[Page[GrantOut]]:
    """Standing grants, the newest first, each with who gave it."""
    return linked(request, await queries.page_of_grants(session, limit=limit, cursor=cursor))


@post("/grants", guards=[guards.role(Role.ADMIN), guards.scope("admin:write")])
async def give(session: AsyncSession, actor: Actor, data: GiveGrant) -> GrantOut:
    """Give a role within a scope."""
    row = await service.give_grant(session, actor, data)
    names = await queries.names_of(session, [row.person_id])
    return GrantOut.of(row, names[row.person_id], actor.name)


@delete("/grants/{grant_id:uuid}", guards=[guards.role(Role.ADMIN), guards.scope("admin:write")])
async def take(session: AsyncSession, actor: Actor, grant_id: UUID) -> None:
    """Take a role away, at once."""
    await service.take_grant(session, actor, grant_id)


HANDLERS = [grants, give, take]
