"""`marvec ledger check`."""

import asyncio
import sys
from datetime import timedelta

import click


@click.group()
def ledger() -> None:
    """The ledger of orders and city fees."""


@ledger.command()
@click.option("--provider", is_flag=True, help="Compare the rows with the payment provider, too.")
@click.option("--days", default=0, show_default=True, type=click.IntRange(0), help="With --provider: only what is so young; 0 is all.")
def check(provider: bool, days: int) -> None:
    """Hold every pot against the rows it follows from, and with --provider the rows against what the payment provider has (intents,
    refunds, transfers, disputes, movements of the balance). Non-zero exit and a line for each difference. Changes nothing, and may run
    while the city does; what is under way is no difference."""
    sys.exit(asyncio.run(_checked(provider=provider, days=days)))


async def _checked(*, provider: bool, days: int) -> int:
    from common import db  # noqa: PLC0415 - so that the command's help needs none of it
    from common.settings import get_settings  # noqa: PLC0415

    await db.open_database(get_settings())
    try:
        wrong = await _check_pots()
        return max(wrong, await _check_provider(days)) if provider else wrong
    finally:
        await db.close_database()


async def _check_provider(days: int) -> int:
    from common import clock  # noqa: PLC0415
    from common.errors import DomainError  # noqa: PLC0415
    from common.payments import service  # noqa: PLC0415
    from common.payments.provider import close_provider  # noqa: PLC0415

    try:
        compared = await service.compare_with_provider(clock.now() - timedelta(days=days) if days else None)
    except DomainError as error:
        click.echo(
            f"ledger: the payment provider could not be asked ({error.code}); see Payment provider in docs/operations/runbook.md", err=True
        )
        return 1
    finally:
        await close_provider()
    for one in compared.found:
        click.echo(f"ledger: {one.kind} {one.ref}: ours {one.ours}, the provider's {one.theirs}", err=True)
    if compared.found:
        click.echo(f"ledger: {len(compared.found)} differences from the provider; see Ledger in docs/operations/runbook.md", err=True)
        return 1
    click.echo(f"ledger: the provider says the same, {compared.compared} things compared")
    return 0


async def _check_pots() -> int:
    from sqlalchemy import text  # noqa: PLC0415

    from common import db  # noqa: PLC0415
    from common.payments import service  # noqa: PLC0415

    async with db.unit_of_work() as session:
        # One moment for all of it: what is posted while the rows are read is no difference.
        await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        found = await service.ledger_check(session)
    for one in found:
        click.echo(f"ledger: {one.book} {one.pot} holds Rp {one.actual:,}, its rows say Rp {one.expected:,}", err=True)
    if found:
        click.echo(f"ledger: {len(found)} differences; see Ledger in docs/operations/runbook.md", err=True)
        return 1
    click.echo("ledger: every pot holds what its rows say, every book sums to zero")
    return 0
