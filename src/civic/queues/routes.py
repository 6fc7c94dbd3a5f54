"""JSON of the queues: counters and boards for anybody, numbers for their holders, calls for officers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Router, delete, get, post, put
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import policy, queries, service, views
from civic.queues.models import Ticket
from civic.queues.schemas import BoardOut, CallNext, CounterOut, DeskOut, OpenUntil, StandingOut, TakeNumber, TicketOut
from common import clock, guards
from common.actor import Actor, Role
from common.web.paging import Cursor, Limit, Page, page_of

CITIZEN = [guards.assured(1), guards.scope("queues")]
READER = [guards.signed_in, guards.scope("queues")]
OFFICER = [guards.role(Role.OFFICER), guards.scope("desk")]


@get("/queues", guards=[guards.public])
async def list_counters(
    session: AsyncSession, place: Annotated[str, QueryParameter(max_length=60)] = "", limit: Limit = 50, cursor: Cursor = None
) -> Page[CounterOut]:
    """Counters of the city, or of one place (the code of the directory)."""
    rows = await queries.counters_after(session, place, cursor, limit)
    return page_of(rows, limit, "queues", lambda one: (one.code,), CounterOut.of)


@get("/queues/{code:str}", guards=[guards.public])
async def show_board(session: AsyncSession, code: str) -> BoardOut:
    """Today's numbers at the desks, and how many wait."""
    return await _board(session, code)


@post("/queues/{code:str}/tickets", guards=CITIZEN)
async def take_number(session: AsyncSession, actor: Actor, code: str, data: TakeNumber) -> StandingOut:
    """Who holds a living number of that day gets the same one again."""
    return await _standing(session, await service.take_number(session, actor, code, data.day))


@get("/queue-tickets", guards=READER)
async def list_tickets(session: AsyncSession, actor: Actor, limit: Limit = 20, cursor: Cursor = None) -> Page[TicketOut]:
    """One's own numbers, newest first."""
    rows = await queries.of_person(session, actor.person_id, cursor, limit)
    return page_of(rows, limit, queries.MINE, lambda one: (one.id,), TicketOut.of)


@get("/queue-tickets/{ticket_id:uuid}", guards=READER)
async def show_ticket(session: AsyncSession, actor: Actor, ticket_id: UUID) -> StandingOut:
    return await _standing(session, await queries.visible(session, actor, ticket_id))


@delete("/queue-tickets/{ticket_id:uuid}", guards=CITIZEN, status_code=200)
async def cancel_ticket(session: AsyncSession, actor: Actor, ticket_id: UUID) -> TicketOut:
    return TicketOut.of(await service.cancel(session, actor, ticket_id))


@post("/queue-tickets/{ticket_id:uuid}/return", guards=CITIZEN, status_code=200)
async def come_back(session: AsyncSession, actor: Actor, ticket_id: UUID) -> StandingOut:
    """Once, after having been called and absent."""
    return await _standing(session, await service.come_back(session, actor, ticket_id))


@get("/desk/queues/{code:str}/tickets", guards=OFFICER)
async def list_line(session: AsyncSession, actor: Actor, code: str, limit: Limit = 50, cursor: Cursor = None) -> Page[TicketOut]:
    """Who waits today, in the order of the calls."""
    counter = await queries.counter(session, code)
    policy.check_may_serve(actor, counter)
    rows = await queries.line(session, code, clock.today(), cursor, limit)
    return page_of(rows, limit, queries.LINE, lambda one: (one.turn, one.queued_at, one.id), TicketOut.of)


@post("/desk/queues/{code:str}/calls", guards=OFFICER)
async def call_next(session: AsyncSession, actor: Actor, code: str, data: CallNext) -> TicketOut | None:
    """The next number, called to a desk; null when nobody waits. Who was served there is done with it."""
    called = await service.call_next(session, actor, code, data.desk)
    return TicketOut.of(called) if called else None


@post("/desk/queue-tickets/{ticket_id:uuid}/calls", guards=OFFICER, status_code=200)
async def call_again(session: AsyncSession, actor: Actor, ticket_id: UUID) -> TicketOut:
    return TicketOut.of(await service.call_again(session, actor, ticket_id))


@post("/desk/queue-tickets/{ticket_id:uuid}/arrival", guards=OFFICER, status_code=200)
async def note_arrival(session: AsyncSession, actor: Actor, ticket_id: UUID) -> TicketOut:
    return TicketOut.of(await service.serve(session, actor, ticket_id))


@post("/desk/queue-tickets/{ticket_id:uuid}/end", guards=OFFICER, status_code=200)
async def note_served(session: AsyncSession, actor: Actor, ticket_id: UUID) -> TicketOut:
    return TicketOut.of(await service.serve(session, actor, ticket_id, done=True))


@post("/desk/queue-tickets/{ticket_id:uuid}/absence", guards=OFFICER, status_code=200)
async def note_absence(session: AsyncSession, actor: Actor, ticket_id: UUID) -> TicketOut:
    return TicketOut.of(await service.mark_absent(session, actor, ticket_id))


@put("/desk/queues/{code:str}/closing", guards=OFFICER)
async def open_until(session: AsyncSession, actor: Actor, code: str, data: OpenUntil) -> BoardOut:
    """Give numbers today until then."""
    await service.open_until(session, actor, code, datetime.combine(clock.today(), data.until, clock.WITA))
    return await _board(session, code)


async def _board(session: AsyncSession, code: str) -> BoardOut:
    counter, today = await queries.counter(session, code), clock.today()
    desks = [DeskOut.of(one) for one in await queries.at_desks(session, counter.code, today)]
    waiting = await queries.waiting_counts(session, [counter.code], today)
    return BoardOut(counter=counter.code, day=today, desks=desks, waiting=waiting.get(counter.code, 0))


async def _standing(session: AsyncSession, ticket: Ticket) -> StandingOut:
    seen = await views.standing_of(session, ticket)
    shown = TicketOut.of(ticket).model_dump()
    return StandingOut(**shown, before=seen.before, minutes=seen.minutes, expected_at=seen.at)


router = Router(
    path="/api/v1",
    tags=["queues"],
    route_handlers=[
        list_counters,
        show_board,
        take_number,
        list_tickets,
        show_ticket,
        cancel_ticket,
        come_back,
        list_line,
        call_next,
        call_again,
        note_arrival,
        note_served,
        note_absence,
        open_until,
    ],
)
