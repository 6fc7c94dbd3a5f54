"""Telling of a queue: public numbers to everybody who looks, one's own turn to the person. Never a name."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import policy, queries
from civic.queues.models import Counter, Day, Ticket
from common import clock, live
from common.i18n import N_
from common.notifications import service as notifications
from common.notifications.service import Telling

NEAR = N_("Nomor antrean Anda %(number)s. Kira-kira %(minutes)s menit lagi, tidak usah buru-buru.")
CALLED = N_("Nomor %(number)s Anda dipanggil: %(counter)s, meja %(desk)s.")
EXPIRED = N_("Nomor %(number)s di %(counter)s sudah hangus karena harinya lewat. Ambil nomor baru kalau masih perlu.")


def channel_of(code: str, day: object) -> str:
    """`queue:<counter>:<day>`, the day as YYYY-MM-DD."""
    return f"queue:{code}:{day}"


async def tell_queue(session: AsyncSession, day: Day) -> None:
    """Everybody who looks at this queue: which numbers are at which desks, how many wait."""
    await session.flush()
    desks = await queries.at_desks(session, day.counter, day.day)
    waiting = await queries.waiting_counts(session, [day.counter], day.day)
    shown = [{"desk": one.desk, "number": one.number, "state": one.state.value} for one in desks]
    data = {"desks": shown, "waiting": waiting.get(day.counter, 0), "given": day.given}
    await live.tell(session, channel_of(day.counter, day.day), data)


async def tell_called(session: AsyncSession, counter: Counter, ticket: Ticket) -> None:
    await notifications.notify(
        session,
        ticket.person_id,
        kind="civic.queue_called",
        text=CALLED,
        params={"number": ticket.number, "counter": counter.name_id, "desk": ticket.desk},
        link=f"/antrean/{ticket.id}",
    )


async def tell_expired(session: AsyncSession, expired: Sequence[tuple[Counter, Ticket]]) -> None:
    """Whose day went by without a turn: all at once, since two crowds that are told never wait for each other in a circle."""
    tellings = []
    for counter, ticket in expired:
        params = {"number": ticket.number, "counter": counter.name_id}
        tellings.append(Telling(ticket.person_id, "civic.queue_expired", EXPIRED, params, f"/antrean/{ticket.id}"))
    await notifications.notify_many(session, tellings)


async def tell_those_near(session: AsyncSession, counter: Counter, day: Day) -> None:
    """Who has at most three before him hears of it once."""
    await session.flush()
    now, tellings = clock.now(), []
    for ahead, ticket in enumerate(await queries.first_waiting(session, counter.code, day.day, policy.NEAR + 1)):
        if not ticket.told_near:
            ticket.told_near = True
            minutes = policy.in_minutes(policy.expected_at(counter, day, ahead, now), now)
            params = {"number": ticket.number, "minutes": minutes}
            tellings.append(Telling(ticket.person_id, "civic.queue_near", NEAR, params, f"/antrean/{ticket.id}"))
    await notifications.notify_many(session, tellings)
