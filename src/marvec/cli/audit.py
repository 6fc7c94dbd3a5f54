"""`marvec audit verify`."""

import asyncio
import sys

import click


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Walk the whole chain of seals; non-zero exit and the first seal that does not fit when something was changed.

    Keep the printed head elsewhere: it also proves that no end was cut off.
    """
    sys.exit(asyncio.run(_verify()))


async def _verify() -> int:
    from common import db  # noqa: PLC0415 - so that the command's help needs none of it
    from common.audit import service  # noqa: PLC0415
    from common.settings import get_settings  # noqa: PLC0415

    await db.open_database(get_settings())
    try:
        async with db.unit_of_work() as session:
            verdict = await service.verify(session)
    finally:
        await db.close_database()
    if verdict.broken_at is not None:
        click.echo(f"audit: seal {verdict.broken_at} does not fit; the {verdict.sealed} before it do", err=True)
        return 1
    click.echo(f"audit: {verdict.sealed} sealed entries fit, {verdict.unsealed} wait for their seal; head {verdict.head or '-'}")
    return 0
