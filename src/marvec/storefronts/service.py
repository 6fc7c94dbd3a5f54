"""The verbs of a shop: open, edit, pause and resume (its owner), suspend and reinstate (an operator)."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import ids
from common.actor import Actor
from common.errors import Forbidden
from common.identity import queries as identity
from marvec.storefronts import policy, queries
from marvec.storefronts.errors import NotYourStorefront, StorefrontChanged, TooManyStorefronts
from marvec.storefronts.models import Storefront, StorefrontState
from marvec.storefronts.schemas import EditStorefront, OpenStorefront

MOST_STOREFRONTS = 20
"""Of one person: a bound against scripts, above any real seller."""

TAKEN_BY_PAGES = frozenset({"baru", "batas", "peluang", "pesanan", "saldo"})
"""Words that stand where a slug would, in addresses of ours."""


async def open_storefront(session: AsyncSession, actor: Actor, data: OpenStorefront) -> Storefront:
    """A new, open shop of the actor's. Its slug is made of its name; two shops of one name get different slugs, whoever comes first.

    Raises NotConfirmedYet, TooManyStorefronts.
    """
    policy.must_be_confirmed(actor)
    if await queries.count_owned_by(session, actor.person_id) >= MOST_STOREFRONTS:
        raise TooManyStorefronts(most=MOST_STOREFRONTS)
    lat, lon = data.point
    row = Storefront(
        id=ids.uuid7(), owner_id=actor.person_id, slug="", name=data.name, about=data.about, kelurahan_code=data.kelurahan_code,
        lat=lat, lon=lon, moved_by=actor.person_id,
    )  # fmt: skip
    for slug in _slugs(data.name):
        values = row.model_dump() | {"slug": slug}
        statement = insert(Storefront).values(values).on_conflict_do_nothing(index_elements=["slug"]).returning(Storefront)
        if shop := (await session.scalars(statement)).one_or_none():
            return shop
    raise AssertionError("a random slug is never taken four times")


async def edit_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID, data: EditStorefront) -> Storefront:
    """Change name, text or place. Raises StorefrontChanged when somebody edited since `data.version`. The slug stays: links live on."""
    shop = await managed(session, actor, storefront_id)
    if shop.version != data.version:
        raise StorefrontChanged
    shop.name, shop.about, shop.kelurahan_code = data.name, data.about, data.kelurahan_code
    shop.lat, shop.lon = data.point
    shop.version += 1
    await session.flush()
    return shop


async def pause_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID) -> Storefront:
    """Its goods are hidden from this commit on."""
    return await _move(session, await managed(session, actor, storefront_id), StorefrontState.PAUSED, actor, "")


async def resume_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID) -> Storefront:
    """Open again after a pause; a suspension is lifted by an operator only."""
    await _owner_stays(session, storefront_id)
    shop = await managed(session, actor, storefront_id)
    if shop.state == StorefrontState.SUSPENDED:
        raise Forbidden
    return await _move(session, shop, StorefrontState.OPEN, actor, "")


async def suspend_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID, because: str) -> Storefront:
    """By an operator: shop and goods are hidden from this commit on."""
    return await _by_operator(session, actor, storefront_id, StorefrontState.SUSPENDED, because)


async def reinstate_storefront(session: AsyncSession, actor: Actor, storefront_id: UUID, because: str) -> Storefront:
    await _owner_stays(session, storefront_id)
    return await _by_operator(session, actor, storefront_id, StorefrontState.OPEN, because)


async def managed(session: AsyncSession, actor: Actor, storefront_id: UUID) -> Storefront:
    """The shop, locked, for its owner. Raises NoSuchStorefront or NotYourStorefront."""
    shop = await queries.by_id_for_update(session, storefront_id)
    if not policy.may_manage(actor, shop):
        raise NotYourStorefront
    return shop


async def _owner_stays(session: AsyncSession, storefront_id: UUID) -> None:
    """A shop is opened for an open account only; the person is held before the shop, as who closes an account does."""
    await identity.hold_open(session, (await queries.by_id(session, storefront_id)).owner_id)


async def _by_operator(session: AsyncSession, actor: Actor, storefront_id: UUID, state: StorefrontState, because: str) -> Storefront:
    if not policy.may_suspend(actor):
        raise Forbidden
    return await _move(session, await queries.by_id_for_update(session, storefront_id), state, actor, because)


async def _move(session: AsyncSession, shop: Storefront, state: StorefrontState, actor: Actor, because: str) -> Storefront:
    shop.move_to(state, by=actor.person_id, because=because)
    await session.flush()
    return shop


def _slugs(name: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:60].strip("-") or "toko"
    if base in TAKEN_BY_PAGES:
        base = f"toko-{base}"
    yield base
    yield from (f"{base}-{number}" for number in range(2, 6))
    yield from (f"{base}-{secrets.token_hex(4)}" for _ in range(4))
