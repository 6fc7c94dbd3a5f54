"""What the buyer's bank does to orders: while it disputes their payment they are frozen, and when it keeps the money they lose it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor, Role
from common.files import purposes
from common.files import service as files
from common.files.models import StoredFile
from common.files.schemas import Upload
from common.i18n import N_, waktu
from common.money import rupiah
from common.notifications import service as notifications
from common.payments import service as payments
from marvec.orders import policy, queries
from marvec.orders.errors import NotYourMove
from marvec.orders.machine import OrderState, Party, Stock
from marvec.orders.models import Order, OrderRefund
from marvec.orders.service import complaints
from marvec.orders.service.moving import settle_stock, start_timer
from marvec.orders.service.telling import show_move
from marvec.orders.wording import AT_THE_PROVIDER

PURPOSE = "order.evidence"
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
REFUNDED = (
    N_("%(amount)s dari pesanan %(reference)s sudah dikembalikan kepada Anda."),
    N_("%(amount)s dari pesanan %(reference)s sudah dikembalikan kepada pembeli, dan dipotong dari uang pesanan."),
)
DUE = N_("Bukti untuk pesanan %(reference)s harus masuk sebelum %(due)s. Kirim dari halaman pesanan.")


async def follow_bank(session: AsyncSession, group_id: UUID) -> None:
    """Bring the orders of one payment in line with what its bank has said so far; a second time changes nothing."""
    group, orders = await queries.group_for_update(session, group_id)
    word = await payments.bank_word(session, group.intent_id)
    for order in orders:
        if order.id in word.shares:
            await _follow(session, order, word)


async def tell_of_evidence(session: AsyncSession, group_id: UUID) -> None:
    """Both sides of every order that the bank now looks at."""
    _, orders = await queries.group_for_update(session, group_id)
    for order in orders:
        if order.frozen_at is not None:
            await _tell(session, order, EVIDENCE)


async def remind_of_evidence(session: AsyncSession, group_id: UUID, due_by: datetime) -> None:
    """Its sellers, while the bank still takes evidence."""
    _, orders = await queries.group_for_update(session, group_id)
    for order in orders:
        if order.frozen_at is not None:
            params = {"reference": order.reference, "due": waktu(due_by)}
            link = f"/pesanan/{order.reference}"
            await notifications.notify(session, order.seller_id, kind="order.bank", text=DUE, params=params, link=link)


async def hand_in_evidence(session: AsyncSession, actor: Actor, order_id: UUID, *, words: str, upload: Upload | None = None) -> None:
    """What the seller has to say to the bank, with a file if there is one; our staff hands it on.

    Raises NoSuchOrder, NotYourMove, payments' EvidenceTooLate and what `files.take` raises.
    """
    order = await queries.order_for_update(session, order_id)
    if Party.SELLER not in policy.parties_of(actor, order):
        raise NotYourMove
    group = await queries.group_of(session, order)
    side, file = f"penjual {order.reference}", None
    if upload is not None:
        file = await files.take(session, actor, upload, PURPOSE)
    name = file.filename if file else ""
    await payments.add_evidence(session, actor, group.intent_id, side=side, words=words, file_id=file.id if file else None, filename=name)


async def _operators_may_read(session: AsyncSession, visitor: Actor, file: StoredFile) -> bool:
    return visitor.has(Role.OPERATOR)


purposes.register(purposes.Purpose(PURPOSE, purposes.DOCUMENTS, may_read=_operators_may_read))


async def _follow(session: AsyncSession, order: Order, word: payments.BankWord) -> None:
    """Only an order whose money was held can lose it."""
    lost_before, refunded_before, was_frozen = order.lost, order.refunded, order.frozen_at is not None
    order.lost, left = word.shares[order.id]
    _count_refunds(session, order, order.total - order.lost - left)
    if word.undecided and order.state not in ENDED:
        order.frozen_at = order.frozen_at or clock.now()
    elif order.frozen_at is not None:
        await _thaw(session, order)
    if left == 0 and not word.undecided:
        await _end(session, order)
    if (order.lost, order.refunded, order.frozen_at is not None) == (lost_before, refunded_before, was_frozen):
        return
    await session.flush()
    if order.lost > lost_before:
        await _tell(session, order, LOST, order.lost - lost_before)
    elif (order.frozen_at is not None) != was_frozen or order.lost < lost_before:
        await _tell(session, order, FROZEN if order.frozen_at else WON)
    elif order.refunded > refunded_before:
        await _tell(session, order, REFUNDED, order.refunded - refunded_before)
    await show_move(session, order)


def _count_refunds(session: AsyncSession, order: Order, refunded: int) -> None:
    """What went back at the provider, by other hands than ours, counts as well once an operator has assigned it to the order."""
    if refunded > order.refunded:
        session.add(OrderRefund(order_id=order.id, amount=refunded - order.refunded, reason=AT_THE_PROVIDER))
        order.refunded = refunded


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
