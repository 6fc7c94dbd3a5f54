"""`marvec audit verify`."""

import asyncio
import sys
from importlib import import_module

import click


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Read the whole chain and recompute every hash; non-zero exit and the first broken row when one does not fit."""
    broken = asyncio.run(_verify())
    if broken is not None:
        click.echo(f"audit: broken at {broken}", err=True)
        sys.exit(1)
    click.echo("audit: every row fits")


async def _verify() -> int | None:
    from common import db  # noqa: PLC0415 - so that the command's help needs none of it
    from common.settings import get_settings  # noqa: PLC0415

    await db.open_database(get_settings())
    try:
        async with db.unit_of_work() as session:
            broken: int | None = await import_module("common.audit.service").verify(session)
            return broken
    finally:
        await db.close_database()
