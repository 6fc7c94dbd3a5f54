"""What Prometheus reads of servers, work and disk. Beats are said by every process of itself, looks by whichever is asked."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from prometheus_client import Gauge
from redis.asyncio import Redis
from sqlalchemy.pool import QueuePool

from common import clock, servers
from common.audit import head
from common.audit import queries as audit
from common.db import database, hot, unit_of_work
from common.files.stores import store
from common.metrics import BEATS, Kind, asked, shared_gauge, summed_gauge
from common.operations import queries
from common.settings import get_settings

MEMORY = summed_gauge("marvec_process_memory_bytes", "Resident memory", "kind")
FILES = summed_gauge("marvec_process_open_files", "Open files and sockets", "kind")
POOL_SIZE = summed_gauge("marvec_database_pool_size", "Connections that the processes may open", "kind", "door")
POOL_BUSY = summed_gauge("marvec_database_pool_busy", "Connections that somebody holds now", "kind", "door")
DATABASE = shared_gauge("marvec_database_up", "1 when the database answers")
CONNECTIONS = shared_gauge("marvec_database_connections", "Connections of everybody to the database server")
MOST_CONNECTIONS = shared_gauge("marvec_database_connections_max", "How many it takes")
OLDEST_TRANSACTION = shared_gauge("marvec_database_oldest_transaction_seconds", "Age of the oldest transaction")
REDIS = shared_gauge("marvec_redis_up", "1 when Redis answers")
ROWS = shared_gauge("marvec_outbox_rows", "Work that is not done, by state", "state")
OLDEST_DUE = shared_gauge("marvec_outbox_oldest_due_seconds", "How long the oldest due work has waited")
UNSEALED = shared_gauge("marvec_audit_unsealed", "Entries of the audit trail that wait for their seal")
UNSEALED_SECONDS = shared_gauge("marvec_audit_unsealed_seconds", "How long the first of them has been waiting")
HEAD_FITS = shared_gauge("marvec_audit_head_fits", "1: the trail has the head that was kept outside of the database; 0: an end is missing")
DISK_FREE = shared_gauge("marvec_disk_free_bytes", "Free on the disk of the data")
DISK_SIZE = shared_gauge("marvec_disk_size_bytes", "Size of that disk")
SERVER = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL) AS used,
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
           greatest(0, (SELECT extract(epoch FROM clock_timestamp() - min(xact_start)) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid()))::float AS oldest
"""


def process(kind: Kind) -> None:
    itself = psutil.Process()
    MEMORY.labels(kind).set(itself.memory_info().rss)
    FILES.labels(kind).set(itself.num_fds())


def pools(kind: Kind) -> None:
    sessions, pool = database().engine.pool, database().pool
    assert isinstance(sessions, QueuePool)
    POOL_SIZE.labels(kind, "sessions").set(sessions.size() + sessions._max_overflow)
    POOL_BUSY.labels(kind, "sessions").set(sessions.checkedout())
    POOL_SIZE.labels(kind, "hot").set(pool.get_max_size())
    POOL_BUSY.labels(kind, "hot").set(pool.get_size() - pool.get_idle_size())


@asked()
async def server() -> None:
    """A role sees how many connections there are of everybody, and how old transactions are of its own."""
    with _says_whether(DATABASE):
        async with hot() as connection:
            found = await connection.fetchrow(SERVER)
    CONNECTIONS.set(found["used"])
    MOST_CONNECTIONS.set(found["most"])
    OLDEST_TRANSACTION.set(found["oldest"])


@asked()
async def redis() -> None:
    with _says_whether(REDIS):
        async with servers.redis(get_settings().redis_url, Redis, socket_connect_timeout=1, socket_timeout=1) as client:
            await client.ping()


@asked()
async def outbox() -> None:
    async with unit_of_work() as session:
        counts, oldest = await queries.counts(session), await queries.oldest_due(session)
    for state, count in counts.items():
        ROWS.labels(state).set(count)
    OLDEST_DUE.set((clock.now() - oldest).total_seconds() if oldest else 0)


@asked(seconds=30)
async def trail() -> None:
    raw = await head.read(store())
    async with unit_of_work() as session:
        count, longest = await audit.waiting(session)
        finding = await head.compare(session, raw)
    UNSEALED.set(count)
    UNSEALED_SECONDS.set(longest.total_seconds())
    HEAD_FITS.set(0 if finding.ill else 1)


@asked()
async def disk() -> None:
    usage = await asyncio.to_thread(shutil.disk_usage, get_settings().data_dir)
    DISK_FREE.set(usage.free)
    DISK_SIZE.set(usage.total)


@contextmanager
def _says_whether(up: Gauge) -> Iterator[None]:
    try:
        yield
    except BaseException:  # also when it took too long and we are cancelled
        up.set(0)
        raise
    up.set(1)


BEATS.extend([process, pools])
