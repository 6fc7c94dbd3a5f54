"""A day after an order was completed its buyer is asked for a review, once."""

from datetime import timedelta

from sqlalchemy import select, text
from sqlmodel import col

import marvec.reviews.jobs  # noqa: F401  registers who hears
from common import clock
from common.db import unit_of_work
from common.jobs import due_rows, run_row
from common.outbox import OutboxRow
from marvec.orders.machine import OrderState, Party
from marvec.reviews import service
from marvec.reviews.schemas import WriteReview
from tests.marvec.make import Deal, RunJobs, deal_in


async def invited(deal: Deal) -> int:
    async with unit_of_work() as session:
        asked = text("SELECT count(*) FROM notification WHERE kind = 'review.invited' AND person_id = :id")
        return int((await session.execute(asked, {"id": deal.actor(Party.BUYER).person_id})).scalar_one())


async def days_later(days: int) -> None:
    """What reviews have to do by then: no other room's work."""
    with clock.frozen(clock.now() + timedelta(days=days)):
        for _ in range(2):
            async with unit_of_work() as session:
                mine = await session.scalars(select(col(OutboxRow.id)).where(col(OutboxRow.job).startswith("reviews.")))
            due = await due_rows()
            assert all([await run_row(row) for row in mine if row in due])


async def test_the_buyer_is_asked_a_day_later_and_not_again(database: None, run_jobs: RunJobs) -> None:
    deal = await deal_in(OrderState.COMPLETED, run_jobs)
    counts = []
    for days in (0, 1, 2):
        await days_later(days)
        counts.append(await invited(deal))
    assert counts == [0, 1, 1]


async def test_who_has_written_is_not_asked(database: None, run_jobs: RunJobs) -> None:
    deal = await deal_in(OrderState.COMPLETED, run_jobs)
    await days_later(0)
    async with unit_of_work() as session:
        await service.write_review(session, deal.actor(Party.BUYER), deal.order_id, WriteReview(stars=5, words="Enak sekali"))
    await days_later(1)
    assert await invited(deal) == 0
