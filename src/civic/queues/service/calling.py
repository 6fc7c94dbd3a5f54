"""The officer's verbs at a desk: call the next, call again, serve, note an absence, open longer or close earlier."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import policy, queries
from civic.queues.errors import DeskBusy, NoSuchTicket
from civic.queues.models import Counter, Day, State, Ticket
from civic.queues.service.telling import tell_called, tell_queue, tell_those_near
from common import clock
from common.actor import Actor
from common.audit import service as audit
from common.states import NotFromHere


async def call_next(session: AsyncSession, actor: Actor, code: str, desk: int) -> Ticket | None:
    """Whoever is served at the desk is done; the next number is called to it. None when nobody waits.

    Raises DeskBusy while a called number has neither come nor been noted absent.
    """
    counter = await _my_counter(session, actor, code)
    policy.check_desk(counter, desk)
    queue = await queries.day_for_update(session, counter, clock.today())
    await _finish(session, actor, queue, desk)
    waiting = await queries.first_waiting(session, code, queue.day, 1)
    if not waiting:
        await tell_queue(session, queue)
        return None
    ticket = waiting[0]
    await _call(session, actor, queue, ticket, desk)
    await tell_called(session, counter, ticket)
    await tell_those_near(session, counter, queue)
    await tell_queue(session, queue)
    return ticket


async def call_again(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """Say the number once more, on the board and to the person."""
    counter, ticket, queue = await _at_my_desk(session, actor, ticket_id)
    if ticket.state != State.CALLED:
        raise NotFromHere(ticket.state, State.CALLED)
    ticket.calls += 1
    await tell_called(session, counter, ticket)
    await tell_queue(session, queue)
    return ticket


async def serve(session: AsyncSession, actor: Actor, ticket_id: UUID, *, done: bool = False) -> Ticket:
    """The person has come to the desk; with `done`, has been served."""
    _counter, ticket, queue = await _at_my_desk(session, actor, ticket_id)
    ticket.move_to(State.SERVED if done else State.SERVING, by=actor.person_id)
    await tell_queue(session, queue)
    return ticket


async def mark_absent(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """Called, and nobody came."""
    _counter, ticket, queue = await _at_my_desk(session, actor, ticket_id)
    ticket.move_to(State.SKIPPED, by=actor.person_id)
    await tell_queue(session, queue)
    return ticket


async def open_until(session: AsyncSession, actor: Actor, code: str, until: datetime) -> Day:
    """Give numbers today until that moment: longer than usual, on a closed day, or (a moment gone by) no more."""
    counter = await _my_counter(session, actor, code)
    now, today = clock.now(), clock.today()
    opens = (policy.hours_on(counter, today) or (now, now))[0]
    row = {"counter": code, "day": today, "opens_at": min(opens, now), "closes_at": until, "capacity": counter.capacity}
    put = insert(Day).values({**row, "given": 0, "taken": 0, "called": 0})
    await session.execute(put.on_conflict_do_update(index_elements=["counter", "day"], set_={"closes_at": until}))
    queue = await queries.day_for_update(session, counter, today)
    await audit.record(session, actor, "queue.opened_until", subject_kind="queue", subject_id=code, until=until.isoformat())
    await tell_queue(session, queue)
    return queue


async def _my_counter(session: AsyncSession, actor: Actor, code: str) -> Counter:
    counter = await queries.counter(session, code)
    policy.check_may_serve(actor, counter)
    return counter


async def _at_my_desk(session: AsyncSession, actor: Actor, ticket_id: UUID) -> tuple[Counter, Ticket, Day]:
    ticket, queue = await queries.for_update(session, ticket_id)
    counter = await queries.counter(session, ticket.counter)
    if not policy.may_serve(actor, counter):
        raise NoSuchTicket
    return counter, ticket, queue


async def _finish(session: AsyncSession, actor: Actor, queue: Day, desk: int) -> None:
    held = await queries.on_desk(session, queue.counter, queue.day, desk)
    if held is None:
        return
    if held.state == State.CALLED:
        raise DeskBusy(number=held.number)
    held.move_to(State.SERVED, by=actor.person_id)
    await session.flush()


async def _call(session: AsyncSession, actor: Actor, queue: Day, ticket: Ticket, desk: int) -> None:
    """Under the day's lock: no two officers can hold the same ticket here."""
    now = clock.now()
    ticket.move_to(State.CALLED, by=actor.person_id)
    ticket.desk, ticket.calls, ticket.called_at = desk, ticket.calls + 1, now
    if queue.last_call_at is not None:
        queue.pace = policy.measured(queue.pace, (now - queue.last_call_at).total_seconds())
    queue.last_call_at, queue.called = now, max(queue.called, ticket.number)
    await session.flush()
    await audit.record(session, actor, "queue.called", subject_kind="queue_ticket", subject_id=ticket.id, desk=desk)
