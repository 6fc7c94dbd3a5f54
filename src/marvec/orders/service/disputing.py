"""A dispute between opening and end: the two speak and may agree, then an operator decides, then the stated default comes by itself."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.actor import Actor, Role
from common.files.schemas import Upload
from common.i18n import N_, rupiah, waktu
from common.identity import queries as identity
from common.notifications import service as notifications
from marvec.orders import policy, queries
from marvec.orders.errors import ChangedMeanwhile, NotYourMove
from marvec.orders.machine import DisputeState, OrderState, Party, Step
from marvec.orders.models import Order, OrderDispute
from marvec.orders.schemas import Decide, OpenDispute, Say
from marvec.orders.service import complaints, moving, statements
from marvec.orders.service.telling import tell_of
from marvec.orders.wording import NO_ANSWER

SAID = N_("Ada keterangan baru tentang masalah pesanan %(reference)s. Baca dan jawab di halaman masalahnya.")
OFFERED = N_("Penjual menawarkan %(amount)s kembali untuk pesanan %(reference)s. Terima kalau Anda setuju.")
WITH_OPERATOR = N_("Masalah pesanan %(reference)s sekarang di tangan petugas. Putusannya paling lambat %(until)s.")
AGAIN = timedelta(hours=1)
"""Until the next try, should the bank's dispute be over before the order was ever frozen."""
FOR_OPERATOR = N_("Sengketa pesanan %(reference)s menunggu putusan, paling lambat %(until)s.")


async def open_dispute(session: AsyncSession, actor: Actor, order_id: UUID, wanted: OpenDispute, pictures: Sequence[Upload] = ()) -> Order:
    """The buyer says what is wrong. Raises what `move_order` raises, and what `files.take` raises."""
    policy.check_room(0, len(pictures))
    order = await moving.move_order(session, actor, order_id, OrderState.DISPUTED, because=wanted.words, complaint=wanted.reason)
    dispute = await queries.dispute_for_update(session, order_id)
    (statement,) = await queries.statements_of(session, dispute.id)
    await statements.show_pictures(session, actor, statement, pictures)
    return order


async def say(session: AsyncSession, actor: Actor, order_id: UUID, said: Say, pictures: Sequence[Upload] = ()) -> None:
    """More words and pictures of one side; the seller's first are the answer, and may offer a part of the money.

    Raises NoDispute, NotYourMove, SaidEnough, TooManyPictures, PartOutOfRange.
    """
    order, dispute, side = await _open(session, actor, order_id)
    mine = [one for one in await queries.statements_of(session, dispute.id) if one.side is side]
    policy.check_room(len(mine), len(pictures))
    statement = await statements.say(session, dispute, actor.person_id, side, said.words)
    await statements.show_pictures(session, actor, statement, pictures)
    if side is Party.SELLER:
        await _answer(session, actor, order, dispute, said.offer)
    other = order.seller_id if side is Party.BUYER else order.buyer_id
    offers = side is Party.SELLER and said.offer
    await tell_of(session, order, other, OFFERED if offers else SAID, amount=rupiah(said.offer), page="/masalah")


async def ask_operator(session: AsyncSession, actor: Actor, order_id: UUID) -> None:
    """The two do not agree, and one of them says so before the time. Raises NoDispute, NotYourMove, NotFromHere (no answer yet)."""
    order, dispute, _ = await _open(session, actor, order_id)
    await _hand_over(session, order, dispute, by=actor.person_id)


async def agree(session: AsyncSession, actor: Actor, order_id: UUID, offered: int) -> Order:
    """The buyer takes what the seller offers; the rest goes to the seller. Raises ChangedMeanwhile when the offer is no longer that."""
    order, dispute, side = await _open(session, actor, order_id)
    if side is not Party.BUYER:
        raise NotYourMove
    if dispute.offered != offered or offered >= order.left:
        raise ChangedMeanwhile
    await moving.take_step(session, order, _step(order, OrderState.COMPLETED), by=actor.person_id, refund=offered)
    return order


async def decide(session: AsyncSession, actor: Actor, order_id: UUID, decision: Decide) -> Order:
    """An operator's word, bound to what the operator has read. Raises what `check_decision` raises."""
    order = await check_decision(session, actor, order_id, decision)
    new, refund = decision.as_step(order.left)
    return await moving.move_order(session, actor, order_id, new, because=decision.reason, refund=refund)


async def check_decision(session: AsyncSession, actor: Actor, order_id: UUID, decision: Decide) -> Order:
    """The order, locked, when it may be decided so. Raises NotYourMove, NoDispute, StillBetweenTheTwo, ChangedMeanwhile, PartOutOfRange."""
    order = await queries.order_for_update(session, order_id)
    if Party.OPERATOR not in policy.parties_of(actor, order):
        raise NotYourMove
    dispute = await queries.open_dispute_for_update(session, order_id)
    policy.check_may_decide(dispute)
    said = await queries.statements_of(session, dispute.id)
    if policy.seen_of(order, dispute, len(said)) != decision.seen:
        raise ChangedMeanwhile
    decision.as_step(order.left)
    return order


async def end_of_answering(session: AsyncSession, order_id: UUID) -> None:
    """The days of the two are over: without an answer the money goes back, else an operator decides. Whoever was faster stands.

    While a bank looks at the payment nothing happens: a frozen order's timer starts again when it is free.
    """
    order = await queries.order_for_update(session, order_id)
    dispute = await queries.dispute_for_update(session, order_id)
    if order.frozen_at is not None or dispute.answer_by is None or clock.now() < dispute.answer_by:
        return
    if dispute.state is DisputeState.OPEN and await moving.waits_for_bank(session, order):
        await outbox.enqueue(session, complaints.ANSWER_TIME_OUT, run_at=clock.now() + AGAIN, order_id=str(order_id))
    elif dispute.state is DisputeState.OPEN:
        await moving.take_step(session, order, _step(order, OrderState.CANCELLED), by=None, because=NO_ANSWER)
    elif dispute.state is DisputeState.ANSWERED:
        await _hand_over(session, order, dispute, by=None)


async def _open(session: AsyncSession, actor: Actor, order_id: UUID) -> tuple[Order, OrderDispute, Party]:
    """Order and dispute, locked, for one of the two."""
    order = await queries.order_for_update(session, order_id)
    side = policy.side_of(policy.parties_of(actor, order))
    return order, await queries.open_dispute_for_update(session, order_id), side


async def _answer(session: AsyncSession, actor: Actor, order: Order, dispute: OrderDispute, offer: int) -> None:
    if offer:
        policy.check_offer(order, offer)
        dispute.offered = offer
    if dispute.state is DisputeState.OPEN:
        dispute.move_to(DisputeState.ANSWERED, by=actor.person_id)
    await session.flush()


async def _hand_over(session: AsyncSession, order: Order, dispute: OrderDispute, *, by: UUID | None) -> None:
    """Both sides and every operator are told, with the day of the default."""
    dispute.move_to(DisputeState.REVIEW, by=by)
    await session.flush()
    assert dispute.decide_by is not None, "what waits for an answer has both its ends"
    until = waktu(dispute.decide_by)
    for person_id in (order.buyer_id, order.seller_id):
        await tell_of(session, order, person_id, WITH_OPERATOR, until=until, page="/masalah")
    params = {"reference": order.reference, "until": until}
    for person_id in await identity.who_holds(session, Role.OPERATOR, "*"):
        link = f"/operator/sengketa/{order.reference}"
        await notifications.notify(session, person_id, kind="order.dispute", text=FOR_OPERATOR, params=params, link=link)


def _step(order: Order, new: OrderState) -> Step:
    return next(step for step in order.steps() if step.new is new)
