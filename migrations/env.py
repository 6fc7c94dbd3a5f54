"""Alembic's entry. The address comes from settings, or from `-x url=...`; one transaction for the whole upgrade."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from common import servers
from common.db import metadata
from common.settings import get_settings


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    settings = get_settings()
    engine = create_async_engine(
        servers.ENGINE_URL, poolclass=pool.NullPool, connect_args=servers.engine_options(settings, settings.database_url)
    )
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate())
