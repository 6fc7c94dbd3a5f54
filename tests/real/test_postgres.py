"""The distribution's PostgreSQL, bare and behind PgBouncer in transaction mode: another server's connection for each transaction."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from common import db, jobs, servers
from common.db import close_database, hot, open_database, unit_of_work
from common.embedded.processes import free_port
from common.jobs import Timer
from common.settings import Settings
from marvec.cli import doctor, schema
from tests.common.embedded.make import environment
from tests.marvec.cli.make import marvec
from tests.real.make import RealPostgres, open_folder, pgbouncer, real_postgres

AT_ONCE = 40
HOLDS = """
import asyncio, sys
from datetime import timedelta
from common import jobs
jobs.LEASE = timedelta(seconds=1)
from common.db import open_database
async def hold():
    await open_database()
    async def sweep():
        print("held", flush=True)
        await asyncio.sleep(600)
    await jobs.run_timer(jobs.Timer(sys.argv[1], sweep, 1))
asyncio.run(hold())
"""


@dataclass(frozen=True)
class Servers:
    postgres: RealPostgres
    pooled: str


@pytest.fixture(scope="module")
def real() -> Iterator[Servers]:
    with open_folder() as folder, real_postgres(folder) as postgres, pgbouncer(folder, postgres, servers=8) as port:
        yield Servers(postgres, postgres.url(port=port))


@pytest.fixture
async def pooled(real: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """This process's database is the pooled one."""
    monkeypatch.setattr(db, "_open", None)
    monkeypatch.setattr(db, "_holders", 0)
    await open_database(Settings(database_url=real.pooled, database_pooler="transaction"))
    yield
    await close_database()


@pytest.mark.real
def test_an_extension_that_only_a_superuser_may_create_is_named_in_one_line(real: Servers) -> None:
    told = {"MARVEC_DATABASE_URL": real.pooled, "MARVEC_DATABASE_POOLER": "transaction"}
    refused = marvec("migrate", **told)
    assert refused.returncode == 1
    assert refused.stderr == (
        "marvec: this role may not create the extensions earthdistance: let a superuser run in the database marvec: "
        "CREATE EXTENSION earthdistance\n"
    )
    seen = marvec("doctor", MARVEC_DATABASE_URL=real.pooled).stdout
    assert "problem  extensions    missing: earthdistance\n" in seen
    assert "-> as superuser, in Marvec's database: CREATE EXTENSION earthdistance\n" in seen
    assert "problem  statements    a pooler in transaction mode loses them\n" in seen
    real.postgres.ask("CREATE EXTENSION earthdistance")
    assert marvec("migrate", **told).returncode == 0
    assert real.postgres.ask("SELECT version_num FROM alembic_version") == schema.versions()[-1]


async def test_the_doctor_is_content_with_what_fits_together(real: Servers) -> None:
    direct, pooled = Settings(database_url=real.postgres.url()), Settings(database_url=real.pooled, database_pooler="transaction")
    assert await doctor.statements_are_kept(direct) == "kept by their connections"
    assert await doctor.statements_are_kept(pooled) == "each sent whole, since a pooler keeps none (transaction)"


async def test_many_at_once_share_few_servers(pooled: None) -> None:
    async def look(number: int) -> int:
        async with hot() as connection:
            first: int = await connection.fetchval("SELECT $1::int + 1", number)
        async with unit_of_work() as session:
            second = (await session.execute(text("SELECT cast(:n AS int) + 0"), {"n": first})).scalar_one()
        async with hot() as connection:
            return int(await connection.fetchval("SELECT $1::int - 1", second))

    for _ in range(5):
        assert await asyncio.gather(*map(look, range(AT_ONCE))) == list(range(AT_ONCE))


async def test_a_timer_goes_on_when_the_worker_that_ran_it_falls_or_hangs(pooled: None, real: Servers) -> None:
    ran: list[str] = []
    told = environment(MARVEC_DATABASE_URL=real.pooled, MARVEC_DATABASE_POOLER="transaction")
    command = [sys.executable, "-c", HOLDS]
    with (
        subprocess.Popen([*command, "falls"], stdout=subprocess.PIPE, text=True, env=told) as falls,
        subprocess.Popen([*command, "hangs"], stdout=subprocess.PIPE, text=True, env=told) as hangs,
    ):
        try:
            assert [await asyncio.to_thread(one.stdout.readline) for one in (falls, hangs) if one.stdout] == ["held\n", "held\n"]
            for _ in range(15):  # longer than the lease: who lives keeps it
                assert not await jobs.run_timer(noting(ran, "falls"))
                assert not await jobs.run_timer(noting(ran, "hangs"))
                await asyncio.sleep(0.1)
            falls.kill()
            hangs.send_signal(signal.SIGSTOP)
            async with asyncio.timeout(60):
                while not await jobs.run_timer(noting(ran, "falls")) or not await jobs.run_timer(noting(ran, "hangs")):
                    await asyncio.sleep(0.05)
        finally:
            falls.kill()
            hangs.kill()
    assert set(ran) == {"falls", "hangs"}


def noting(ran: list[str], name: str) -> Timer:
    async def sweep() -> None:
        ran.append(name)

    return Timer(name, sweep, 1)


async def test_of_two_hosts_the_one_that_takes_writes_is_found_and_asked_first_from_then_on(
    real: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "CONNECT_SECONDS", 1.0)
    with socket.socket() as hung:
        hung.bind(("127.0.0.1", 0))
        hung.listen()
        away, silent, port = free_port(), hung.getsockname()[1], real.postgres.port
        address = real.postgres.url().replace(f"127.0.0.1:{port}", f"127.0.0.1:{away},127.0.0.1:{silent},127.0.0.1:{port}")
        for database_url in (address, address + "?target_session_attrs=any"):
            monkeypatch.setattr(db, "_open", None)
            monkeypatch.setattr(db, "_holders", 0)
            await open_database(Settings(database_url=database_url))
            async with unit_of_work() as session, hot() as connection:
                assert (await session.execute(text("SELECT 1"))).scalar_one() == await connection.fetchval("SELECT 1") == 1
            await close_database()
        assert servers._in_order(address)[0].startswith(real.postgres.url())
    assert (await doctor.database_answers(Settings(database_url=address))).startswith("PostgreSQL ")


async def test_a_standby_alone_is_said_to_take_no_writes(real: Servers) -> None:
    port = real.postgres.port
    address = real.postgres.url().replace(f"127.0.0.1:{port}", f"127.0.0.1:{free_port()},127.0.0.1:{port}")
    await asyncio.to_thread(real.postgres.ask, "ALTER ROLE marvec SET default_transaction_read_only = on")
    with pytest.raises(ConnectionError, match="takes writes"):
        await servers.connect(address)
    await asyncio.to_thread(real.postgres.ask, "ALTER ROLE marvec RESET default_transaction_read_only")
    await (await servers.connect(address)).close()
