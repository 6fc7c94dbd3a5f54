"""`marvec ledger check`."""

import asyncio
import sys

import click


@click.group()
def ledger() -> None:
    """The ledger of orders and city fees."""


@ledger.command()
def check() -> None:
    """Hold every pot against the rows it follows from; non-zero exit and a line for each pot that differs. Changes nothing, and may run
    while the city does."""
    sys.exit(asyncio.run(_check()))


async def _check() -> int:
    from sqlalchemy import text  # noqa: PLC0415 - so that the command's help needs none of it

    from common import db  # noqa: PLC0415
    from common.payments import service  # noqa: PLC0415
    from common.settings import get_settings  # noqa: PLC0415

    await db.open_database(get_settings())
    try:
        async with db.unit_of_work() as session:
            # One moment for all of it: what is posted while the rows are read is no difference.
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            found = await service.ledger_check(session)
    finally:
        await db.close_database()
    for one in found:
        click.echo(f"ledger: {one.book} {one.pot} holds Rp {one.actual:,}, its rows say Rp {one.expected:,}", err=True)
    if found:
        click.echo(f"ledger: {len(found)} differences; see Ledger in docs/operations/runbook.md", err=True)
        return 1
    click.echo("ledger: every pot holds what its rows say, every book sums to zero")
    return 0
