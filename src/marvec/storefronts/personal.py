"""What shops keep of a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from common.i18n import gettext as _
from common.money import rupiah
from common.payments import queries as payments
from common.personal import Hindrance
from marvec.storefronts import queries
from marvec.storefronts.models import StorefrontState


@personal.exports("toko")
async def shops(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(exclude={"owner_id", "machine", "version", "moved_by"}) for one in await queries.owned_by(session, person_id)]


@personal.hinders("marvec.storefronts")
async def money_held(session: AsyncSession, person_id: UUID) -> Sequence[Hindrance]:
    """Money on its way to the seller, or owed by her."""
    found = []
    for shop in await queries.owned_by(session, person_id):
        if held := await payments.held_for_seller(session, shop.id):
            text = _("Uang %(amount)s dari %(shop)s masih kami pegang.", amount=rupiah(held), shop=shop.name)
            found.append(Hindrance(text, "/toko-saya/saldo"))
    return found


@personal.forgets("marvec.storefronts")
async def close_shops(session: AsyncSession, person_id: UUID) -> None:
    """Shop and goods are hidden from this commit on; what was sold keeps its seller's id."""
    for shop in await queries.owned_by(session, person_id):
        if shop.state is StorefrontState.OPEN:
            shop.move_to(StorefrontState.PAUSED, by=person_id)
        shop.about = ""
    await session.flush()
