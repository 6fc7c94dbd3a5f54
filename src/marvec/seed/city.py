"""Filling an empty database with the demonstration city: a small core at once, then its chapters."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.actor import Actor
from common.audit import head
from common.db import as_owner, close_database, open_database, unit_of_work
from common.files.stores import store
from common.queue import close_queue, open_queue
from common.settings import get_settings
from marvec import site
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest
from marvec.search import service as search
from marvec.seed import desk, people, queues, shops
from marvec.seed.accounts import ACCOUNTS
from marvec.seed.bulk import copy_listings
from marvec.seed.chapters import CHAPTER, chapters
from marvec.seed.moments import History
from marvec.seed.work import work_off

Say = Callable[[str], None]
CORE_SHOPS = 8
REQUESTS = (
    "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp400.000",
    "kue ulang tahun bolu untuk 15 orang, Rappocini, paling banyak Rp250.000",
)
KEPT = ("alembic_version", "state_moves", "search_places", "selling_limits", "file_quota")


async def seed(*, reset: bool = False, core: bool = False, scale: int = 0, say: Say = print) -> None:
    """For `marvec seed`: open the doors, empty the house first if asked to, fill it if it is empty, then add `scale` listings.

    With `core` the chapters are left to the worker.
    """
    if get_settings().production:
        raise RuntimeError("the demonstration city is never seeded in production")
    site.load_models()
    site.load_jobs()
    await open_database()
    await open_queue()
    try:
        await _seed(reset=reset, core=core, scale=scale, say=say)
    finally:
        await close_queue()
        await close_database()


async def seed_if_empty(say: Say = print) -> bool:
    """Seed the core when nobody lives here yet, and promise the chapters; True when it did."""
    async with unit_of_work() as session:
        if (await session.execute(text("SELECT EXISTS (SELECT FROM person)"))).scalar_one():
            return False
    await _core(History(clock.now()), say)
    return True


async def empty(say: Say = print) -> None:
    """Delete everything but the schema's own rows, as the owner of the tables: the append-only triggers let nobody else pass."""
    async with as_owner() as connection, connection.transaction():
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row["tablename"] for row in rows if row["tablename"] not in KEPT]
        for name in tables:
            await connection.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        await connection.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in tables))
        for name in tables:
            await connection.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
    await head.forget(store())
    say("the database is empty")


async def _seed(*, reset: bool, core: bool, scale: int, say: Say) -> None:
    if reset:
        await empty(say)
    if not await seed_if_empty(say) and not scale:
        say("somebody lives here already: nothing was seeded (--reset empties the database first)")
    if not core:
        await work_off(say)
    if scale:
        await copy_listings(scale, say)


async def _core(history: History, say: Say) -> None:
    actors = await _accounts(history)
    say(f"{len(actors)} accounts")
    for number in range(CORE_SHOPS):
        async with unit_of_work() as session:
            await shops.open_shop(session, history, number, actors["penjual"] if number == 0 else None)
            await shops.fill_shelf(session, history, number, range(shops.FIRST_GOODS))
    await search.count_words()
    say(f"{CORE_SHOPS} shops with {CORE_SHOPS * shops.FIRST_GOODS} goods")
    await _requests(actors["pembeli"])
    async with unit_of_work() as session:
        await desk.first_draft(session, actors["ibu"])
        if get_settings().demo_history:
            await outbox.enqueue(session, CHAPTER, key=f"{CHAPTER}:0", number=0, began=history.began.isoformat())
        await _queue(session, history, actors)
    to_follow = len(chapters(history)) if get_settings().demo_history else 0
    say(f"{len(REQUESTS)} requests, an application, appointments, queues; {to_follow} chapters of history to follow")


async def _queue(session: AsyncSession, history: History, actors: dict[str, Actor]) -> None:
    shopkeepers = [await people.actor(session, people.owner_key(number)) for number in range(1, CORE_SHOPS)]
    await queues.first_line(session, history, shopkeepers, actors[queues.NURSE], actors[queues.MOTHER])


async def _accounts(history: History) -> dict[str, Actor]:
    found = {}
    for account in ACCOUNTS:
        async with unit_of_work() as session:
            with clock.frozen(history.ago(24 * 92)):
                found[account.key] = await people.enrol(session, account.name, account.login, account.role, account.scope)
    return found


async def _requests(buyer: Actor) -> None:
    for what in REQUESTS:
        async with unit_of_work() as session:
            wanted = PostRequest(what=what, kelurahan_code="73.71.09.1001", radius_km=15, needed_at=clock.now() + timedelta(days=1))
            await matching.post_request(session, buyer, wanted)
