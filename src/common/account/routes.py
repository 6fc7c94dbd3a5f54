"""JSON of one's own things, under /api/v1/people/me."""

from uuid import UUID

from litestar import Router, delete, get, patch, post, put
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.account import queries, service
from common.account.schemas import Address, AddressOut, ReadOut
from common.actor import Actor
from common.web.paging import Cursor, Limit, Page

READS = [guards.signed_in, guards.scope("account:read")]
WRITES = [guards.signed_in, guards.scope("account:write")]


@get("/addresses", guards=READS)
async def addresses(session: AsyncSession, actor: Actor) -> list[AddressOut]:
    """One's own saved addresses, the default first; at most 20."""
    return await queries.addresses_of(session, actor.person_id)


@get("/reads", guards=READS)
async def reads(session: AsyncSession, actor: Actor, limit: Limit = 20, cursor: Cursor = None) -> Page[ReadOut]:
    """Who else read what of one's own, and why; a day's repeated reads as one, the newest first."""
    return await queries.reads_of(session, actor.person_id, cursor, limit)


@post("/addresses", guards=WRITES)
async def keep_address(session: AsyncSession, actor: Actor, data: Address) -> AddressOut:
    """Save one; the first is the default."""
    return AddressOut.of(await service.keep_address(session, actor, data))


@patch("/addresses/{address_id:uuid}", guards=WRITES)
async def change_address(session: AsyncSession, actor: Actor, address_id: UUID, data: Address) -> AddressOut:
    """All of it anew; orders that were placed keep what they had."""
    return AddressOut.of(await service.change_address(session, actor, address_id, data))


@put("/addresses/{address_id:uuid}/default", guards=WRITES, status_code=204)
async def make_default(session: AsyncSession, actor: Actor, address_id: UUID) -> None:
    """The one that is offered first."""
    await service.make_default(session, actor, address_id)


@delete("/addresses/{address_id:uuid}", guards=WRITES)
async def delete_address(session: AsyncSession, actor: Actor, address_id: UUID) -> None:
    """When the default goes, the oldest of the others takes its place."""
    await service.delete_address(session, actor, address_id)


router = Router(
    "/api/v1/people/me", route_handlers=[addresses, reads, keep_address, change_address, make_default, delete_address], tags=["account"]
)
