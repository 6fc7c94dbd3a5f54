"""What the limit brings to other rooms' pages: to a seller's desk and the page that opens a shop, and to an operator's first page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor, Role
from common.front import Piece, Waiting
from common.i18n import gettext as _
from common.i18n import ngettext
from marvec.selling import policy, queries, service

NAME = "marvec.selling"


@front.waits(NAME)
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    if not actor.has(Role.OPERATOR) or not (count := await queries.count_open(session)):
        return []
    words = ngettext("%(n)s penjual minta naik batas jual", "%(n)s penjual minta naik batas jual", count)
    return [Waiting(words, "/operator/batas-jual", "market", urgent=True)]


@front.beside("seller", NAME)
async def limit_of_seller(session: AsyncSession, visitor: Actor | None, _shops: Any) -> Piece | None:
    """How much of the month is used, and what raises the limit. Who has none needs no piece."""
    if visitor is None:
        return None
    standing = await queries.standing_of(session, visitor.person_id)
    if standing.limit is None and standing.level >= policy.KNOWN:
        return None
    urgent = standing.level < policy.CONFIRMED or standing.is_near
    shown = {"standing": standing, "step": service.next_step(standing.level), "title": _("Batas jual"), "urgent": urgent}
    return Piece("selling/_standing.html", shown)
