"""Roles, for admins."""

from uuid import UUID

from litestar import delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.identity import queries, service
from common.identity.schemas import GiveGrant, GrantOut


@get("/grants", guards=[guards.role(Role.ADMIN), guards.scope("admin:read")])
async def grants(session: AsyncSession) -> list[GrantOut]:
    """Standing grants, the newest first."""
    return [
        GrantOut(id=row.id, person_id=row.person_id, person_name=name, role=row.role, scope=row.scope, granted_at=row.granted_at)
        for row, name in await queries.grants_of(session)
    ]


@post("/grants", guards=[guards.role(Role.ADMIN), guards.scope("admin:write")])
async def give(session: AsyncSession, actor: Actor, data: GiveGrant) -> GrantOut:
    """Give a role within a scope."""
    row = await service.give_grant(session, actor, data)
    names = await queries.names_of(session, [row.person_id])
    return GrantOut(
        id=row.id, person_id=row.person_id, person_name=names[row.person_id], role=row.role, scope=row.scope, granted_at=row.granted_at
    )


@delete("/grants/{grant_id:uuid}", guards=[guards.role(Role.ADMIN), guards.scope("admin:write")])
async def take(session: AsyncSession, actor: Actor, grant_id: UUID) -> None:
    """Take a role away, at once."""
    await service.take_grant(session, actor, grant_id)


HANDLERS = [grants, give, take]
