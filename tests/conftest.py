"""The ground of all tests: a real PostgreSQL and a real Valkey for the run, every commit real, the tables emptied after each test.

Real commits, because deferred constraints, races and what runs after a commit exist only with them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
import uvicorn
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, settings
from litestar import Litestar
from playwright.async_api import Browser
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, db, jobs
from common.db import close_database, open_database, unit_of_work
from common.embedded.postgres import Postgres
from common.embedded.valkey import Valkey
from common.files.decoder.pool import close_decoders
from common.live.transport import Protocol
from common.queue import close_queue, open_queue
from common.settings import get_settings
from marvec import site
from marvec.app import create_app
from tests.journeys.walker import CHROMIUM, chromium

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "http://127.0.0.1:9"  # a payment provider that never answers, where a test brings none of its own: nothing is asked of the world

SLOWEST_FIRST = (
    "journeys/test_budgets.py", "tests/journeys/", "marvec/cli/test_run.py", "marvec/cli/test_backup.py", "marvec/cli/test_watching.py",
    "common/backup/test_following.py", "marvec/chat/test_talking_live.py",
    "marvec/orders/test_moving.py", "marvec/seed/test_city.py", "marvec/reviews/test_reviews.py", "marvec/orders/test_dying.py",
    "embedded/sandbox/test_webhooks.py", "common/live/test_losses.py", "common/live/test_forked.py", "marvec/listings/test_desk.py",
    "common/embedded/test_postgres.py", "architecture/test_wording.py", "common/files/test_decoding.py",
    "common/ground/test_database_away.py", "tests/real/test_postgres.py",
)  # fmt: skip

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real", action="store_true", help="also the whole city on servers of the distribution")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files begin, so that one worker has little left to do when the other one ends."""
    for item in items:
        if item.get_closest_marker("real") and not config.getoption("--real"):
            item.add_marker(pytest.mark.skip(reason="the whole city on real servers takes minutes: `scripts/test --real`"))
    items.sort(key=lambda item: next((place for place, name in enumerate(SLOWEST_FIRST) if name in item.nodeid), len(SLOWEST_FIRST)))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Every statement is planned for all its parameters at once, as PostgreSQL may after the fifth time: what cannot be, shows here."""
    with Postgres(tmp_path_factory.mktemp("postgres"), fast=True, settings={"plan_cache_mode": "force_generic_plan"}) as server:
        yield server


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def house(postgres: Postgres, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings point at the run's own servers; the schema is at its newest."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MARVEC_DATABASE_URL", postgres.url)
        environment.setenv("MARVEC_DATABASE_OWNER_URL", postgres.owner_url)
        environment.setenv("MARVEC_REDIS_URL", valkey.url)
        environment.setenv("MARVEC_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        environment.setenv("MARVEC_DEMO", "1")
        environment.setenv("MARVEC_PASSWORD_COST", "low")
        environment.setenv("MARVEC_PACE", "1000")  # many a test says in a second what a person says in a day
        environment.setenv("MARVEC_BASE_URL", "http://testserver")
        environment.setenv("MARVEC_STRIPE_API_BASE", NOWHERE)
        environment.setattr(db, "POOL_SECONDS", 60.0)  # fifty at once may stand in line for long on a busy machine
        get_settings.cache_clear()
        migrate()
        site.load_models()
        site.load_jobs()
        yield
    get_settings.cache_clear()


def migrate() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    command.upgrade(config, "head")


@pytest.fixture(scope="session")
async def doors(house: None, postgres: Postgres) -> AsyncIterator[asyncpg.Connection]:
    """The process's database and queue, open for the whole run; yields a superuser's connection for the broom."""
    await open_database()
    await open_queue()
    broom = await asyncpg.connect(postgres.superuser_url)
    await broom.execute("SET session_replication_role = replica")  # triggers and foreign keys do not hinder the broom
    await broom.execute(await _sweeping(broom))
    yield broom
    await broom.close()
    await close_decoders()
    await close_queue()
    await close_database()


async def _sweeping(broom: asyncpg.Connection) -> str:
    """A function that empties every table but those that the migrations themselves filled."""
    names = [row[0] for row in await broom.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    swept = [name for name in names if not await broom.fetchval(f'SELECT EXISTS (SELECT FROM "{name}")')]
    body = "".join(f'IF EXISTS (SELECT FROM "{name}") THEN DELETE FROM "{name}"; END IF; ' for name in swept)
    return f"CREATE OR REPLACE FUNCTION sweep_the_house() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


@pytest.fixture
async def database(doors: asyncpg.Connection, valkey: Valkey) -> AsyncIterator[None]:
    """An empty house. Every fixture below stands on it; ask for it alone when the test opens its own units of work."""
    yield
    await doors.execute("SELECT sweep_the_house()")
    async with Redis.from_url(valkey.url) as redis:
        await redis.flushall()


@pytest.fixture
async def session(database: None) -> AsyncIterator[AsyncSession]:
    """One unit of work that commits when the test ends."""
    async with unit_of_work() as session:
        yield session


@pytest.fixture(scope="session")
def app(house: None) -> Litestar:
    return create_app()


@pytest.fixture
async def client(database: None, app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client on the app, in process. Several at once: `httpx.AsyncClient(transport=client._transport, ...)` or `new_client`."""
    async with new_client(app) as client:
        yield client


def new_client(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # Litestar's narrower ASGI types
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


@pytest.fixture
async def server(database: None, app: Litestar) -> AsyncIterator[str]:
    """A real uvicorn on a free port, in this process; yields its address."""
    config = uvicorn.Config(app, port=0, log_level="warning", ws=Protocol, http="httptools", ws_per_message_deflate=False)
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())
    while not running.started:
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


@pytest.fixture(scope="session")
async def standing_browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    async with chromium() as started:
        yield started


@pytest.fixture
async def browser(standing_browser: Browser) -> AsyncIterator[Browser]:
    """One Chromium for the whole run; a person in it has a context of their own, and what is left open is closed after the test."""
    yield standing_browser
    for context in standing_browser.contexts:
        await context.close()


RunJobs = Callable[..., Awaitable[int]]


@pytest.fixture
def run_jobs(database: None) -> RunJobs:
    """`await run_jobs()` does all the work that is due, and what that brings; `ahead=timedelta(...)` stops the clock later first.

    Returns how many rows were run. A job that fails raises here, unless `failing=True`.
    """

    async def run(*, ahead: timedelta = timedelta(0), failing: bool = False) -> int:
        count = 0
        with clock.frozen(clock.now() + ahead):
            while rows := await jobs.due_rows():
                for row in rows:
                    succeeded = await jobs.run_row(row)
                    assert succeeded or failing, await _last_error(row)
                    count += 1
        return count

    return run


async def _last_error(row_id: object) -> str:
    async with unit_of_work() as session:
        return str((await session.execute(text("SELECT job, last_error FROM outbox WHERE id = :id"), {"id": row_id})).one())
