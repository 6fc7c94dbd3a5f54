"""The city's files, each kept once. They never change under their key, so what is there already is whole."""

import asyncio
import io
from collections.abc import Iterable
from datetime import timedelta

from common import clock
from common.backup.catalog import Vault
from common.db import unit_of_work
from common.files import queries
from common.files.stores import store

RECENT = timedelta(days=1)  # how far back new rows are looked for; a base looks at everything
PREFIX = "files/"


def kept(vault: Vault) -> set[str]:
    """Keys of what the target has."""
    return {name.removeprefix(PREFIX) for name, _size in vault.target.names(PREFIX)}


async def keep_new(vault: Vault, known: set[str]) -> None:
    """Keep what the database's newest rows speak of; `known` grows by it.

    Bytes are stored before their row commits: whoever reads the WAL's end first and calls this then has all files that this WAL names.
    """
    async with unit_of_work() as session:
        spoken_of = await queries.keys_since(session, clock.now() - RECENT)
    await _keep(vault, [key for key in spoken_of if key not in known], known)


async def keep_all(vault: Vault) -> list[str]:
    """Keep everything that the store has; returns the keys of what it had and what is kept."""
    there = sorted(key for key, _written in await store().keys())
    known = await asyncio.to_thread(kept, vault)
    await _keep(vault, [key for key in there if key not in known], known)
    return [key for key in there if key in known]


async def _keep(vault: Vault, keys: Iterable[str], known: set[str]) -> None:
    for key in keys:
        try:
            data = await store().get(key)
        except KeyError:
            continue  # dropped in between, and with it the row
        await asyncio.to_thread(vault.put, PREFIX + key, io.BytesIO(data))
        known.add(key)
