"""What reviews bring to other rooms' pages: the newest to a shop's, the two to an order's, and the reminder to the first page."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Piece, Waiting
from common.i18n import ngettext
from marvec.orders.errors import NoSuchOrder
from marvec.orders.schemas import OrderOut
from marvec.reviews import queries, service
from marvec.storefronts.models import Storefront

NAME = "marvec.reviews"
NEWEST = 3


@front.waits(NAME)
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    unreviewed = await queries.unreviewed_by(session, actor.person_id)
    if not unreviewed:
        return []
    words = ngettext("%(n)s pesanan selesai bisa diulas", "%(n)s pesanan selesai bisa diulas", len(unreviewed))
    link = f"/pesanan/{unreviewed[0].order.reference}#ulasan" if len(unreviewed) == 1 else "/ulasan"
    return [Waiting(words, link, "diamond")]


@front.beside("storefront", NAME)
async def newest_of_shop(session: AsyncSession, visitor: Actor | None, shop: Storefront) -> Piece | None:
    found = await queries.of_storefront(session, shop.id, NEWEST)
    return Piece("reviews/_newest.html", {"reviews": found.items, "has_more": found.next is not None}) if found.items else None


@front.beside("order", NAME)
async def both_of_order(session: AsyncSession, visitor: Actor | None, order: OrderOut) -> Piece | None:
    """For the two; an operator who settles a dispute sees nothing of it."""
    if visitor is None:
        return None
    try:
        found = await service.of_order(session, visitor, order.id)
    except NoSuchOrder:
        return None
    return Piece("reviews/_of_order.html", {"found": found}) if found else None
