"""Telling both sides what happened: the order's live channel, the inbox of each, and the fact for other rooms."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events, live
from common.i18n import N_
from common.notifications import service as notifications
from marvec.orders.machine import OrderState
from marvec.orders.models import Order

RINGS = "order.paid"
"""The kind that makes a seller's desk ring."""
FOR_BUYER = {
    OrderState.PAID: N_("Pembayaran pesanan %(reference)s sudah kami terima. Uang ta’ kami tahan dulu sampai barangnya diterima."),
    OrderState.ACCEPTED: N_("Penjual menerima pesanan %(reference)s."),
    OrderState.READY: N_("Pesanan %(reference)s siap diambil."),
    OrderState.SHIPPED: N_("Pesanan %(reference)s sudah dikirim."),
    OrderState.DELIVERED: N_("Pesanan %(reference)s sudah sampai. Periksa, lalu tekan Sudah saya terima."),
    OrderState.COMPLETED: N_("Pesanan %(reference)s selesai. Terima kasih."),
    OrderState.DISPUTED: N_("Petugas kami sedang memeriksa masalah pada pesanan %(reference)s."),
    OrderState.CANCELLED: N_("Pesanan %(reference)s dibatalkan."),
    OrderState.DECLINED: N_("Penjual menolak pesanan %(reference)s. Semua uang kami kembalikan."),
    OrderState.EXPIRED: N_("Pesanan %(reference)s berakhir karena tidak dibayar tepat waktu. Pesan lagi kalau masih mau."),
}
FOR_SELLER = {
    OrderState.PAID: N_("Pesanan baru %(reference)s sudah dibayar. Terima atau tolak dalam 24 jam."),
    OrderState.COMPLETED: N_("Pesanan %(reference)s selesai. Uangnya kami teruskan ke rekening Anda."),
    OrderState.DELIVERED: N_("Pesanan %(reference)s sudah sampai di pembeli."),
    OrderState.DISPUTED: N_("Pembeli melaporkan masalah pada pesanan %(reference)s."),
    OrderState.CANCELLED: N_("Pesanan %(reference)s dibatalkan."),
}


async def tell_both(session: AsyncSession, order: Order) -> None:
    """At each move of an order that was paid, in its transaction."""
    await tell_buyer(session, order)
    await _notify(session, order, order.seller_id, FOR_SELLER.get(order.state))


async def tell_buyer(session: AsyncSession, order: Order) -> None:
    """At each move; the seller never hears of an order that nobody has paid."""
    await _notify(session, order, order.buyer_id, FOR_BUYER.get(order.state))
    await announce(session, order)


async def announce(session: AsyncSession, order: Order) -> None:
    """Its page is drawn anew, and other rooms hear of the move."""
    seen = {"type": "moved", "order_id": str(order.id), "state": order.state, "at": order.moved_at.isoformat()}
    await live.tell(session, f"order:{order.id}", seen)
    await events.publish(session, events.OrderMoved(order.id, order.reference, order.state, order.buyer_id, order.storefront_id))


async def _notify(session: AsyncSession, order: Order, person_id: UUID, text: str | None) -> None:
    if text is not None and person_id != order.moved_by:
        params = {"reference": order.reference}
        kind = RINGS if person_id == order.seller_id and order.state is OrderState.PAID else "order.moved"
        await notifications.notify(session, person_id, kind=kind, text=text, params=params, link=f"/pesanan/{order.reference}")
