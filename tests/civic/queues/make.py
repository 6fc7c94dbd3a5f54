"""Counters, officers at their desks, and people with numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from civic.queues import service
from civic.queues.models import Ticket
from common import clock, ids
from common.actor import Actor, Grant, Role
from common.db import unit_of_work
from tests.common.identity.make import actor_of, person

GENERAL = "PKM-BATUA-UMUM"
PLACE = "PKM-BATUA"
TUESDAY = "2026-11-24"


@contextmanager
def at(hour: str, day: str = TUESDAY) -> Iterator[None]:
    """The clock stands at that hour of the city."""
    with clock.frozen(moment(hour, day)):
        yield


def moment(hour: str, day: str = TUESDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}+08:00")


async def counters(capacity: int | None = None) -> None:
    async with unit_of_work() as session:
        await service.sync_counters(session)
        if capacity is not None:
            await session.execute(text("UPDATE queue_counters SET capacity = :many"), {"many": capacity})


def a_stranger() -> Actor:
    """Somebody of whom the queue knows the id only."""
    return Actor(ids.uuid7(), "Daeng Baji", assurance=1)


async def a_citizen(name: str = "Sitti Hasnah") -> Actor:
    async with unit_of_work() as session:
        return actor_of(await person(session, name))


def an_officer(place: str = PLACE) -> Actor:
    return Actor(ids.uuid7(), "Hasriani", assurance=2, grants=frozenset({Grant(Role.OFFICER, place)}))


async def take(who: Actor, code: str = GENERAL) -> Ticket:
    async with unit_of_work() as session:
        return await service.take_number(session, who, code)


async def call(officer: Actor, desk: int = 1, code: str = GENERAL) -> Ticket | None:
    async with unit_of_work() as session:
        return await service.call_next(session, officer, code, desk)


async def serve(officer: Actor, ticket_id: UUID, *, done: bool = False) -> Ticket:
    async with unit_of_work() as session:
        return await service.serve(session, officer, ticket_id, done=done)


async def absent(officer: Actor, ticket_id: UUID) -> Ticket:
    async with unit_of_work() as session:
        return await service.mark_absent(session, officer, ticket_id)


async def fresh(ticket_id: UUID) -> Ticket:
    async with unit_of_work() as session:
        found = await session.get(Ticket, ticket_id)
        assert found is not None
        return found
