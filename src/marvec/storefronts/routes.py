"""JSON of shops: /api/v1/storefronts."""

from uuid import UUID

from litestar import Router, get, patch, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from marvec.storefronts import policy, queries, service
from marvec.storefronts.errors import NoSuchStorefront
from marvec.storefronts.schemas import EditStorefront, MoveStorefront, OpenStorefront, StorefrontOut

WRITES = [guards.signed_in, guards.scope("storefronts:write")]


@post("/", guards=WRITES)
async def open_storefront(session: AsyncSession, actor: Actor, data: OpenStorefront) -> StorefrontOut:
    return StorefrontOut.of(await service.open_storefront(session, actor, data))


@get("/", guards=[guards.signed_in, guards.scope("storefronts:read")])
async def my_storefronts(session: AsyncSession, actor: Actor) -> list[StorefrontOut]:
    """The caller's own shops."""
    return [StorefrontOut.of(shop) for shop in await queries.owned_by(session, actor.person_id)]


@get("/{storefront_id:uuid}", guards=[guards.public, guards.scope("storefronts:read")])
async def show_storefront(session: AsyncSession, visitor: Actor | None, storefront_id: UUID) -> StorefrontOut:
    shop = await queries.by_id(session, storefront_id)
    if not policy.may_see(visitor, shop):
        raise NoSuchStorefront
    return StorefrontOut.of(shop)


@patch("/{storefront_id:uuid}", guards=WRITES)
async def edit_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID, data: EditStorefront) -> StorefrontOut:
    return StorefrontOut.of(await service.edit_storefront(session, actor, storefront_id, data))


@post("/{storefront_id:uuid}/pause", guards=WRITES, status_code=200)
async def pause_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID) -> StorefrontOut:
    return StorefrontOut.of(await service.pause_storefront(session, actor, storefront_id))


@post("/{storefront_id:uuid}/resume", guards=WRITES, status_code=200)
async def resume_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID) -> StorefrontOut:
    return StorefrontOut.of(await service.resume_storefront(session, actor, storefront_id))


@post("/{storefront_id:uuid}/suspend", guards=[guards.role(Role.OPERATOR), guards.scope("moderation:write")], status_code=200)
async def suspend_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID, data: MoveStorefront) -> StorefrontOut:
    return StorefrontOut.of(await service.suspend_storefront(session, actor, storefront_id, data.because))


@post("/{storefront_id:uuid}/reinstate", guards=[guards.role(Role.OPERATOR), guards.scope("moderation:write")], status_code=200)
async def reinstate_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID, data: MoveStorefront) -> StorefrontOut:
    return StorefrontOut.of(await service.reinstate_storefront(session, actor, storefront_id, data.because))


router = Router(
    "/api/v1/storefronts",
    route_handlers=[
        open_storefront, my_storefronts, show_storefront, edit_storefront, pause_storefront, resume_storefront, suspend_storefront,
        reinstate_storefront,
    ],
    tags=["storefronts"],
)  # fmt: skip
