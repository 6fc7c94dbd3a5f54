"""Telling both sides what happened: the order's live channel, the inbox of each, and the fact for other rooms."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events, live
from common.i18n import N_, rupiah
from common.notifications import service as notifications
from marvec.orders.machine import OrderState, Step
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
    OrderState.DISPUTED: N_("Masalah pesanan %(reference)s sudah kami catat. Penjual punya waktu 3 hari untuk menjawab."),
    OrderState.CANCELLED: N_("Pesanan %(reference)s dibatalkan."),
    OrderState.DECLINED: N_("Penjual menolak pesanan %(reference)s. Semua uang kami kembalikan."),
    OrderState.EXPIRED: N_("Pesanan %(reference)s berakhir karena tidak dibayar tepat waktu. Pesan lagi kalau masih mau."),
}
FOR_SELLER = {
    OrderState.PAID: N_("Pesanan baru %(reference)s sudah dibayar. Terima atau tolak dalam 24 jam."),
    OrderState.COMPLETED: N_("Pesanan %(reference)s selesai. Uangnya kami teruskan ke rekening Anda."),
    OrderState.DELIVERED: N_("Pesanan %(reference)s sudah sampai di pembeli."),
    OrderState.DISPUTED: N_(
        "Pembeli melaporkan masalah pada pesanan %(reference)s. Jawab dalam 3 hari, supaya uangnya tidak kembali begitu saja."
    ),
    OrderState.CANCELLED: N_("Pesanan %(reference)s dibatalkan."),
}


AGREED = N_("Pesanan %(reference)s dari tawaran yang disepakati sudah dibayar. Siapkan barangnya.")
"""For the seller of what both had agreed on: nothing is to be accepted a second time."""
AFTER_DISPUTE = {
    OrderState.COMPLETED: N_("Masalah pesanan %(reference)s selesai: %(amount)s kembali ke pembeli, sisanya ke penjual."),
    OrderState.CANCELLED: N_("Masalah pesanan %(reference)s selesai: %(amount)s kembali ke pembeli."),
}


async def tell_both(session: AsyncSession, order: Order, step: Step, back: int) -> None:
    """At each move of an order that was paid, in its transaction. `back`: what it gave back to the buyer, in rupiah."""
    ended = AFTER_DISPUTE[order.state] if step.old is OrderState.DISPUTED else None
    await tell_buyer(session, order, ended, amount=rupiah(back))
    await _notify(session, order, order.seller_id, ended or FOR_SELLER.get(order.state), amount=rupiah(back))


async def tell_buyer(session: AsyncSession, order: Order, instead: str | None = None, **params: str) -> None:
    """At each move; the seller never hears of an order that nobody has paid. `instead` of what is said of this state."""
    await show_move(session, order)
    await _notify(session, order, order.buyer_id, instead or FOR_BUYER.get(order.state), **params)


async def tell_agreed(session: AsyncSession, order: Order) -> None:
    """An order that both had agreed on was paid and is accepted, in one: one word to each."""
    await show_move(session, order)
    await _notify(session, order, order.buyer_id, FOR_BUYER[OrderState.PAID])
    await _notify(session, order, order.seller_id, AGREED, kind=RINGS)


async def tell_of(session: AsyncSession, order: Order, person_id: UUID, text: str, *, page: str = "", **params: str) -> None:
    """Something about an order that is no move of it."""
    await live.tell(session, f"order:{order.id}", {"type": "told", "order_id": str(order.id)})
    told = {"reference": order.reference, **params}
    await notifications.notify(session, person_id, kind="order.moved", text=text, params=told, link=f"/pesanan/{order.reference}{page}")


async def show_move(session: AsyncSession, order: Order) -> None:
    """To whoever looks at the order, and to other rooms."""
    seen = {"type": "moved", "order_id": str(order.id), "state": order.state, "at": order.moved_at.isoformat()}
    await live.tell(session, f"order:{order.id}", seen)
    await events.publish(session, events.OrderMoved(order.id, order.reference, order.state, order.buyer_id, order.storefront_id))


async def _notify(session: AsyncSession, order: Order, person_id: UUID, text: str | None, kind: str = "", **params: str) -> None:
    if text is not None and person_id != order.moved_by:
        told = {"reference": order.reference, **params}
        ringing = person_id == order.seller_id and order.state is OrderState.PAID
        kind = kind or (RINGS if ringing else "order.moved")
        await notifications.notify(session, person_id, kind=kind, text=text, params=told, link=f"/pesanan/{order.reference}")
