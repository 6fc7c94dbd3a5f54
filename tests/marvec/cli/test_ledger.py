"""`marvec ledger check` as an operator runs it, beside a running city."""

import asyncio

import asyncpg
import pytest

from common.db import unit_of_work
from common.settings import get_settings
from tests.common.payments import make as money
from tests.marvec.cli.make import marvec

pytestmark = pytest.mark.usefixtures("database")


async def checked() -> tuple[int, str]:
    """Exit code, and what it said."""
    done = await asyncio.to_thread(marvec, "ledger", "check", MARVEC_DATABASE_URL=get_settings().database_url)
    return done.returncode, done.stdout + done.stderr


async def test_a_ledger_that_follows_its_rows_is_said_to_be_well() -> None:
    async with unit_of_work() as session:
        await money.held(session, (100_000, 3_000))
    assert await checked() == (0, "ledger: every pot holds what its rows say, every book sums to zero\n")


async def test_a_row_that_other_hands_have_changed_is_named_by_its_pot_and_the_exit_is_not_zero(doors: asyncpg.Connection) -> None:
    async with unit_of_work() as session:
        intent, (part,) = await money.held(session, (100_000, 3_000))
    await doors.execute("UPDATE payment_parts SET amount = 90000")  # as a superuser, past every trigger: the sums are still zero
    code, said = await checked()
    assert (code, sorted(said.splitlines())) == (
        1,
        [
            "ledger: 2 differences; see Ledger in docs/operations/runbook.md",
            f"ledger: market arrived:{intent.id} holds Rp 0, its rows say Rp 10,000",
            f"ledger: market held:{part.order_id} holds Rp 100,000, its rows say Rp 90,000",
        ],
    )
