"""The citizen's verbs: take a number, give it back, come back after one was missed."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import policy, queries
from civic.queues.errors import CameBackBefore, Full, NotOpenThen, TooManyNumbers
from civic.queues.models import LIVE, State, Ticket
from civic.queues.service.telling import tell_queue
from common import clock
from common.actor import Actor
from common.identity import queries as identity
from common.states import NotFromHere


async def take_number(session: AsyncSession, actor: Actor, code: str, day: date | None = None) -> Ticket:
    """The next number of a counter for `day` (None: the first day that gives numbers). Who holds a living one gets that one again.

    The person is held alone: many numbers taken at once at many counters are counted one after the other. Raises NotOpenThen for any
    day but today and the next open one, Full when the capacity is taken, TooManyNumbers.
    """
    counter, now = await queries.counter(session, code), clock.now()
    offered = policy.days_to_take(counter, now, await queries.day_of(session, code, clock.today()))
    if not offered or day not in (None, *offered):
        raise NotOpenThen
    await identity.hold_open(session, actor.person_id, alone=True)
    queue = await queries.day_for_update(session, counter, day or offered[0])
    held = await queries.live_of(session, actor.person_id, code, queue.day)
    if held is not None:
        return held
    if await queries.count_living_of(session, actor.person_id) >= policy.MOST_NUMBERS:
        raise TooManyNumbers(most=policy.MOST_NUMBERS)
    if queue.taken >= queue.capacity:
        raise Full
    queue.given, queue.taken = queue.given + 1, queue.taken + 1
    ticket = Ticket(
        counter=code, day=queue.day, number=queue.given, turn=queue.given, person_id=actor.person_id, moved_by=actor.person_id,
    )  # fmt: skip
    session.add(ticket)
    await session.flush()
    ticket.told_near = await queries.before(session, ticket) <= policy.NEAR  # the page says it already
    await tell_queue(session, queue)
    return ticket


async def cancel(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """Give the number back: it is not given out again, its place is. Cancelling twice is no error."""
    ticket, queue = await queries.for_update(session, ticket_id)
    policy.check_is_holder(actor, ticket)
    if ticket.state == State.CANCELLED:
        return ticket
    ticket.move_to(State.CANCELLED, by=actor.person_id)
    queue.taken -= 1
    await tell_queue(session, queue)
    return ticket


async def give_up_all(session: AsyncSession, person_id: UUID) -> None:
    """Who leaves gives her numbers back, so that others get the places; at a desk she has been served."""
    for held in await queries.unended_of(session, person_id):
        ticket, queue = await queries.for_update(session, held.id)
        if ticket.state not in LIVE:
            continue
        served = ticket.state == State.SERVING
        ticket.move_to(State.SERVED if served else State.CANCELLED, by=person_id)
        queue.taken -= 0 if served else 1
        await tell_queue(session, queue)


async def come_back(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """Back into the line after one was called and absent, once: behind the numbers called so far, before all others."""
    ticket, queue = await queries.for_update(session, ticket_id)
    policy.check_is_holder(actor, ticket)
    if ticket.state != State.SKIPPED or ticket.day != clock.today():
        raise NotFromHere(ticket.state, State.WAITING)
    if ticket.returns:
        raise CameBackBefore
    ticket.move_to(State.WAITING, by=actor.person_id)
    ticket.turn, ticket.queued_at, ticket.returns, ticket.desk = queue.called, clock.now(), 1, None
    await tell_queue(session, queue)
    return ticket
