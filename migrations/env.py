"""Alembic's entry, as the tables' owner; one transaction for the whole upgrade and for what the application may do with its tables."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from common import roles, servers
from common.db import metadata
from common.settings import get_settings


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
        settings = get_settings()
        roles.grant(connection, roles.role_of(settings.owner_url), roles.role_of(settings.database_url))


async def connect_and_migrate() -> None:
    settings = get_settings()
    engine = create_async_engine(
        servers.ENGINE_URL, poolclass=pool.NullPool, connect_args=servers.engine_options(settings, settings.owner_url)
    )
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate())
