"""`marvec ledger check` as an operator runs it, beside a running city."""

import asyncio
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from common import clock
from common.db import unit_of_work
from common.settings import get_settings
from tests.common.payments import make as money
from tests.common.payments.conftest import running
from tests.marvec.cli.make import marvec

pytestmark = pytest.mark.usefixtures("database")


async def checked(*more: str, **told: str) -> tuple[int, str]:
    """Exit code, and what it said."""
    done = await asyncio.to_thread(marvec, "ledger", "check", *more, MARVEC_DATABASE_URL=get_settings().database_url, **told)
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


async def test_with_the_provider_each_difference_is_a_line_and_the_exit_is_not_zero(tmp_path: Path) -> None:
    with running(tmp_path) as address:
        code, said = await checked("--provider", MARVEC_STRIPE_API_BASE=address)
        assert (code, said.splitlines()[1]) == (0, "ledger: the provider says the same, 0 things compared")
        async with unit_of_work() as session:
            intent = await money.paid(session)
            intent.started_at = clock.now() - timedelta(hours=1)
        code, said = await checked("--provider", MARVEC_STRIPE_API_BASE=address)
        assert (code, sorted(said.splitlines())) == (
            1,
            [
                "ledger: 1 differences from the provider; see Ledger in docs/operations/runbook.md",
                "ledger: every pot holds what its rows say, every book sums to zero",
                f"ledger: intent {intent.id}: ours succeeded 100000, the provider's -",
            ],
        )


async def test_a_provider_that_does_not_answer_is_no_good_news() -> None:
    code, said = await checked("--provider", MARVEC_STRIPE_API_BASE="http://127.0.0.1:9")
    told = "ledger: the payment provider could not be asked (provider_away); see Payment provider in docs/operations/runbook.md"
    assert (code, told in said.splitlines()) == (1, True)
