"""What the buyer's bank does to orders: while it disputes their payment they are frozen, and when it keeps the money they lose it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.i18n import N_
from common.money import rupiah
from common.notifications import service as notifications
from common.payments import service as payments
from marvec.orders import queries
from marvec.orders.machine import OrderState, Stock
from marvec.orders.models import Order
from marvec.orders.service import complaints
from marvec.orders.service.moving import settle_stock, start_timer
from marvec.orders.service.telling import show_move

UNPAID = (OrderState.PLACED, OrderState.EXPIRED)
ENDED = (*UNPAID, OrderState.CANCELLED, OrderState.DECLINED)
# What the bank did: (to the buyer, to the seller).
FROZEN = (
    N_("Bank menyengketakan pembayaran pesanan %(reference)s. Pesanan dibekukan sampai bank memutuskan."),
    N_("Bank pembeli menyengketakan pembayaran pesanan %(reference)s. Pesanan dibekukan. Kirim bukti dari halaman pesanan."),
)
EVIDENCE = (
    N_("Keterangan tentang pesanan %(reference)s sudah kami serahkan ke bank. Sekarang bank yang memutuskan."),
    N_("Bukti untuk pesanan %(reference)s sudah kami serahkan ke bank. Sekarang bank yang memutuskan."),
)
WON = (
    N_("Bank membatalkan sengketa pembayaran pesanan %(reference)s. Pesanan berjalan lagi."),
    N_("Sengketa bank atas pesanan %(reference)s dimenangkan. Uangnya kembali, dan pesanan berjalan lagi."),
)
LOST = (
    N_("Bank mengembalikan %(amount)s dari pesanan %(reference)s kepada Anda."),
    N_("Bank menarik %(amount)s dari pesanan %(reference)s. Uang itu tidak bisa diteruskan, atau dipotong dari penerusan berikutnya."),
)


async def follow_bank(session: AsyncSession, group_id: UUID) -> None:
    """Bring the orders of one payment in line with what its bank has said so far; a second time changes nothing."""
    group, orders = await queries.group_for_update(session, group_id)
    word = await payments.bank_word(session, group.intent_id)
    for order in orders:
        lost, left = word.shares.get(order.id, (0, order.total))
        await _follow(session, order, undecided=word.undecided, lost=lost, left=left)


async def tell_of_evidence(session: AsyncSession, group_id: UUID) -> None:
    """Both sides of every order that the bank now looks at."""
    _, orders = await queries.group_for_update(session, group_id)
    for order in orders:
        if order.frozen_at is not None:
            await _tell(session, order, EVIDENCE)


async def _follow(session: AsyncSession, order: Order, *, undecided: bool, lost: int, left: int) -> None:
    before = order.lost, order.frozen_at is not None
    order.lost = lost
    if undecided and order.state not in ENDED:
        order.frozen_at = order.frozen_at or clock.now()
    elif order.frozen_at is not None:
        await _thaw(session, order)
    if lost and left == 0:
        await _end(session, order)
    after = order.lost, order.frozen_at is not None
    if after != before:
        await session.flush()
        await _tell(session, order, LOST if after[0] > before[0] else FROZEN if after[1] else WON, lost - before[0])
        await show_move(session, order)


async def _thaw(session: AsyncSession, order: Order) -> None:
    """Time goes on where it stood still."""
    assert order.frozen_at is not None
    paused = max(1, int((clock.now() - order.frozen_at).total_seconds()))
    order.paused_seconds += paused
    order.frozen_at = None
    await session.flush()
    await start_timer(session, order)
    if order.state is OrderState.DISPUTED:
        await complaints.prolong(session, order, timedelta(seconds=paused))


async def _end(session: AsyncSession, order: Order) -> None:
    """Nothing is left to be paid for: the order is cancelled, by way of a dispute where its table knows no shorter one. No refund: the bank
    has given the money back. Goods that are still with the seller can be sold again."""
    had_complaint = order.state is OrderState.DISPUTED
    for new in (OrderState.CANCELLED, OrderState.DISPUTED, OrderState.CANCELLED):
        step = next((step for step in order.steps() if step.new is new), None)
        if step is None or order.state in ENDED:
            continue
        order.move_to(new, by=None)
        order.paused_seconds = 0
        await session.flush()
        await settle_stock(session, [order], step.stock if step.stock is Stock.FREE else Stock.KEEP)
    if had_complaint:
        await complaints.end(session, order)


async def _tell(session: AsyncSession, order: Order, words: tuple[str, str], amount: int = 0) -> None:
    params = {"reference": order.reference, "amount": rupiah(amount)}
    link = f"/pesanan/{order.reference}"
    for person_id, text in zip((order.buyer_id, order.seller_id), words, strict=True):
        await notifications.notify(session, person_id, kind="order.bank", text=text, params=params, link=link)
