"""What the first page says of orders (what to confirm, to pay, what has arrived), and the trust that completed ones earn a shop."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor, Role
from common.front import Waiting
from common.i18n import gettext as _
from common.i18n import ngettext
from marvec.orders import queries
from marvec.orders.machine import OrderState
from marvec.storefronts.models import Storefront
from marvec.storefronts.trust import SIGNS, Sign

ARRIVED = (OrderState.READY, OrderState.DELIVERED)


@front.waits("marvec.orders")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    bought, sold = await queries.recent_states(session, actor.person_id)
    found = []
    if new := sold[OrderState.PAID]:
        words = ngettext("%(n)s pesanan baru perlu dijawab", "%(n)s pesanan baru perlu dijawab", new)
        found.append(Waiting(words, "/toko-saya/pesanan", "market", urgent=True, count=new))
    if making := sold[OrderState.ACCEPTED]:
        words = ngettext("%(n)s pesanan sementara dibuat", "%(n)s pesanan sementara dibuat", making)
        found.append(Waiting(words, "/toko-saya/pesanan", "clock"))
    if unpaid := bought[OrderState.PLACED]:
        words = ngettext("%(n)s pesanan belum dibayar", "%(n)s pesanan belum dibayar", unpaid)
        found.append(Waiting(words, "/pesanan", "cart", urgent=True))
    if arrived := sum(bought[state] for state in ARRIVED):
        words = ngettext("%(n)s pesanan sudah siap atau sampai", "%(n)s pesanan sudah siap atau sampai", arrived)
        found.append(Waiting(words, "/pesanan", "check"))
    if wrong := sold[OrderState.DISPUTED]:
        words = ngettext("%(n)s pesanan sedang bermasalah", "%(n)s pesanan sedang bermasalah", wrong)
        found.append(Waiting(words, "/toko-saya/pesanan#masalah", "warning", urgent=True, count=wrong))
    return found


@front.waits("marvec.orders.disputes")
async def to_decide(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    """For operators; nobody else is asked about."""
    waiting = await queries.count_to_decide(session) if actor.has(Role.OPERATOR) else 0
    words = ngettext("%(n)s sengketa menunggu putusan", "%(n)s sengketa menunggu putusan", waiting)
    return [Waiting(words, "/operator/sengketa", "warning", urgent=True, count=waiting)] if waiting else []


async def carried_out(session: AsyncSession, shop: Storefront) -> list[Sign]:
    """Nothing before the first: "0 orders" helps nobody."""
    done = await queries.count_completed(session, shop.id)
    return [Sign(_("Pesanan selesai"), str(done), "cart")] if done else []


SIGNS.append(carried_out)
