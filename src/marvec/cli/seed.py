"""`marvec seed`."""

import asyncio
from importlib import import_module

import click


@click.command()
@click.option("--reset", is_flag=True, help="Empty the database first. Refused in production.")
@click.option("--core", is_flag=True, help="Only accounts and the first shops; the worker tells the rest.")
@click.option("--scale", default=0, show_default=True, type=click.IntRange(0, 1_000_000), help="Add so many listings, by COPY.")
def seed(reset: bool, core: bool, scale: int) -> None:
    """Fill the database with the demonstration city: shops, goods, and three months of history."""
    from common.settings import get_settings  # noqa: PLC0415 - so that the command's help needs none of it

    if get_settings().production:
        raise click.ClickException("the demonstration city is never seeded in production")
    asyncio.run(import_module("marvec.seed.city").seed(reset=reset, core=core, scale=scale))
