"""`marvec migrate`: one at a time in the whole city, all versions in one transaction."""

import asyncio

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from common import servers
from common.settings import get_settings
from marvec.cli import schema
from marvec.cli.words import say

LOCK = 0x4D415256  # "MARV": whoever holds it migrates, the others wait and then find nothing to do


@click.command()
def migrate() -> None:
    """Bring the database's schema to this code's version."""
    asyncio.run(_migrate())
    click.echo(say("migrated", version=schema.versions()[-1]))


async def _migrate() -> None:
    settings = get_settings()
    if schema.must_migrate(await schema.version_of(settings.owner_url)):
        await schema.create_extensions(settings.owner_url)
    engine = create_async_engine(
        servers.ENGINE_URL, poolclass=pool.NullPool, connect_args=servers.engine_options(settings, settings.owner_url)
    )
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_upgrade)
    await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
