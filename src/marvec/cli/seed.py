"""`marvec seed`."""

import asyncio
from importlib import import_module

import click


@click.command()
@click.option("--reset", is_flag=True, help="Empty the database first. Refused in production.")
def seed(reset: bool) -> None:
    """Fill the database with a small demonstration city."""
    from common.settings import get_settings  # noqa: PLC0415 - so that the command's help needs none of it

    if get_settings().production:
        raise click.ClickException("the demonstration city is never seeded in production")
    asyncio.run(import_module("marvec.seed.city").seed(reset=reset))
