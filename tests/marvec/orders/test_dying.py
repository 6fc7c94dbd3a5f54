"""A process that is killed -9 in the middle: nothing half done, nothing lost, nothing doubled when the work is taken up again."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from common.db import hot
from marvec.orders.machine import OrderState
from tests.marvec import make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
SRC = Path(__file__).resolve().parents[3] / "src"

PROLOGUE = """
import asyncio, os, signal, sys
from uuid import UUID
from common import db, jobs
from common.actor import Actor
from marvec import site
from marvec.orders import service
from marvec.orders.machine import OrderState
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
async def main():
    site.load_models(); site.load_jobs()
    await db.open_database()
"""
PLACE = """
    async with db.unit_of_work() as session:
        buyer = Actor(UUID(sys.argv[1]), "Pembeli")
        line = service.Line(UUID(sys.argv[2]), 2, 15_000)
        await service.place_orders(session, buyer, lines=[line], delivery=service.Delivery(), client_key="kunci-mati")
        die()
"""
JOB = """
    from common.payments import service as payments
    real = payments.{deed}
    async def and_die(*given, **named):
        await real(*given, **named)
        die()
    payments.{deed} = and_die
    for row in await jobs.due_rows():
        await jobs.run_row(row)
"""
SHIP = """
    async with db.unit_of_work() as session:
        await service.move_order(session, Actor(UUID(sys.argv[1]), "Penjual"), UUID(sys.argv[2]), OrderState.SHIPPED)
        die()
"""
EPILOGUE = "\nasyncio.run(main())"


async def dying(body: str, *words: object) -> None:
    """Run `body` in a process of its own, which must end by SIGKILL."""
    code = PROLOGUE + body + EPILOGUE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", code, *map(str, words), env={**os.environ, "PYTHONPATH": str(SRC)}
    )
    assert await process.wait() == -signal.SIGKILL


async def rows(table: str) -> int:
    async with hot() as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


async def stock(deal: make.Deal) -> tuple[int, int]:
    async with hot() as connection:
        return tuple(await connection.fetchrow("SELECT on_hand, reserved FROM listing_stock WHERE listing_id = $1", deal.listing_id))


async def test_dying_before_the_commit_of_a_checkout_leaves_nothing_and_the_key_still_works() -> None:
    buyer, item = await make.member(), await make.goods()
    await dying(PLACE, buyer.person_id, item.id)
    assert [await rows(table) for table in ("orders", "order_groups", "payment_intents")] == [0, 0, 0]
    first = await make.placed(buyer, make.line(item, 2), key="kunci-mati")
    assert await make.placed(buyer, make.line(item, 2), key="kunci-mati") == first
    assert await rows("orders") == 1


async def test_dying_while_the_payment_is_heard_holds_the_money_once(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    await run_jobs()
    await make.pay(deal.intent_id)
    await dying(JOB.format(deed="hold_for_sellers"))
    assert (await make.order(deal.order_id)).state is OrderState.PLACED
    assert await rows("payment_parts") == 0
    await run_jobs()
    assert (await make.order(deal.order_id)).state is OrderState.PAID
    assert await rows("payment_parts") == 1


async def test_dying_while_the_goods_go_out_neither_takes_nor_moves(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.ACCEPTED, run_jobs)
    await dying(SHIP, deal.seller.person_id, deal.order_id)
    assert ((await make.order(deal.order_id)).state, await stock(deal)) == (OrderState.ACCEPTED, (10, 2))
    await make.move(deal.seller, deal.order_id, OrderState.SHIPPED)
    assert await stock(deal) == (8, 0)
