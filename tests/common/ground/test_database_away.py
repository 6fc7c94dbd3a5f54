"""The database is away, hangs, or has no room: people are told so and when to come back; what follows its return succeeds."""

import asyncio
import signal
import subprocess
import time
from collections.abc import AsyncIterator

import asyncpg
import httpx
import psutil
import pytest
import uvicorn
from litestar import Litestar
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from common import db, outbox, regions
from common.db import close_database, hot, open_database, unit_of_work
from common.embedded.postgres import Postgres
from common.faults import DatabaseAway
from common.live.door import PATH
from common.settings import get_settings
from common.web import static
from tests.common.identity.make import PASSWORD, enter, form_token, person
from tests.conftest import new_client

PATIENCE = 1.0
JSON = {"accept": "application/json"}


@pytest.fixture(scope="module")
async def frail(doors: asyncpg.Connection, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A server of our own that may be killed: a copy of the run's, at rest, which takes a tenth of the time of all migrations."""
    folder = tmp_path_factory.mktemp("frail") / "copy"
    await doors.execute("CHECKPOINT")
    subprocess.run(["cp", "-a", postgres.data_dir, folder], check=True)
    (folder / "cluster" / "postmaster.pid").unlink()
    with Postgres(folder, fast=True, settings={"synchronous_commit": "on"}) as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("MARVEC_DATABASE_URL", server.url)
        get_settings.cache_clear()
        yield server
    get_settings.cache_clear()


@pytest.fixture
async def away(frail: Postgres, valkey: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Postgres]:
    """This process's doors lead to the frail server, and wait no longer than PATIENCE."""
    monkeypatch.setattr(db, "_open", None)
    monkeypatch.setattr(db, "_holders", 0)
    await open_database(get_settings(), patience=PATIENCE)
    yield frail
    await close_database()


@pytest.fixture
async def baji(away: Postgres, app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in."""
    async with new_client(app) as client:
        async with unit_of_work() as session:
            await enter(session, client, await person(session))
        yield client


@pytest.fixture
async def served(away: Postgres, app: Litestar) -> AsyncIterator[str]:
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="websockets-sansio"))
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield f"ws://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


def family(server: Postgres) -> list[psutil.Process]:
    assert server.process is not None
    postmaster = psutil.Process(server.process.pid)
    return [postmaster, *postmaster.children(recursive=True)]


def kill(server: Postgres) -> int:
    """As a machine falls; returns its port."""
    for process in family(server):
        process.send_signal(signal.SIGKILL)
    port = server.port
    server.stop()
    return port


def restart(server: Postgres, port: int) -> None:
    server.port = port
    server.start()


async def test_who_comes_while_it_is_away_is_told_when_to_come_back_and_who_comes_after_succeeds(
    baji: httpx.AsyncClient, away: Postgres, served: str
) -> None:
    await asyncio.gather(*(baji.get("/pesan") for _ in range(8)))  # the pools are full of connections that are about to die
    port = kill(away)
    for path in ("/pesan", "/pesan?bahasa=en", "/berkas/0192f5a0-0000-7000-8000-000000000000", "/pasar"):
        page = await baji.get(path, headers={"accept": "text/html"})
        assert (page.status_code, page.headers["retry-after"]) == (503, "5"), path
        words = "hard to reach" if "en" in path.partition("?")[2] or "/berkas" in path or path == "/pasar" else "sulit dihubungi"
        assert words in page.text, path
    problem = await baji.get("/api/v1/conversations", headers=JSON)
    assert (problem.status_code, problem.json()["code"], problem.headers["retry-after"]) == (503, "unavailable", "5")
    assert problem.headers["content-type"] == "application/problem+json"
    for path in (static.url("app.css"), "/healthz"):
        assert (await baji.get(path)).status_code == 200, path
    assert (await baji.get("/readyz")).json()["database"] == "DatabaseAway"
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in baji.cookies.jar)
    with pytest.raises(InvalidStatus) as refused:
        async with connect(served + PATH, additional_headers={"Cookie": cookies}):
            pass
    assert (refused.value.response.status_code, refused.value.response.headers["retry-after"]) == (503, "5")
    restart(away, port)
    answers = await asyncio.gather(*(baji.get("/pesan", headers={"accept": "text/html"}) for _ in range(12)))
    assert [answer.status_code for answer in answers] == [200] * 12


async def test_a_restart_that_nobody_saw_fails_no_request(baji: httpx.AsyncClient, away: Postgres) -> None:
    await asyncio.gather(*(baji.get("/pesan") for _ in range(8)))
    restart(away, kill(away))
    await asyncio.sleep(0.1)  # the loop reads that the lines are dead
    answers = await asyncio.gather(*(baji.get("/pesan", headers={"accept": "text/html"}) for _ in range(12)))
    assert [answer.status_code for answer in answers] == [200] * 12


async def test_what_was_typed_is_shown_again(baji: httpx.AsyncClient, away: Postgres, app: Litestar) -> None:
    async with new_client(app) as stranger:
        page = (await stranger.get("/masuk", headers={"accept": "text/html"})).text
        token = page.partition('name="_csrf" value="')[2].partition('"')[0]
        port = kill(away)
        fields = {"_csrf": token, "address": "0812-3456-7890", "password": PASSWORD}
        again = await stranger.post("/masuk", data=fields, headers={"accept": "text/html"})
        restart(away, port)
    assert again.status_code == 503
    assert "0812-3456-7890" in again.text and "sulit dihubungi" in again.text and PASSWORD not in again.text


async def test_one_that_hangs_is_given_up_after_a_while_and_works_when_it_goes_on(baji: httpx.AsyncClient, away: Postgres) -> None:
    await asyncio.gather(*(baji.get("/pesan") for _ in range(4)))
    for process in family(away):
        process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        answers = await asyncio.gather(*(baji.get("/pesan", headers={"accept": "text/html"}) for _ in range(4)))
        assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(503, "5")] * 4
        with pytest.raises(DatabaseAway):
            async with unit_of_work() as session:
                await db.asyncpg_of(session)
        assert time.monotonic() - began < 60 * PATIENCE
    finally:
        for process in family(away):
            process.send_signal(signal.SIGCONT)
    answers = await asyncio.gather(*(baji.get("/pesan", headers={"accept": "text/html"}) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8


async def test_hot_and_cold_doors_say_the_same_word(away: Postgres) -> None:
    async def cold() -> None:
        async with unit_of_work() as session:
            await outbox.enqueue(session, "outbox.nothing")

    async def driven() -> None:
        async with unit_of_work() as session:
            connection = await db.asyncpg_of(session)
            port.append(kill(away))
            await connection.execute("SELECT 1")

    async def warm() -> None:
        async with hot() as connection:
            await connection.execute("SELECT 1")

    port: list[int] = []
    for deed in (driven, cold, warm):
        with pytest.raises(DatabaseAway):
            await deed()
    restart(away, port[0])
    await warm()


async def test_no_room_says_so(baji: httpx.AsyncClient, away: Postgres) -> None:
    """The very code that PostgreSQL raises when it cannot extend a file."""
    owner = await asyncpg.connect(away.superuser_url)
    full = "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'"
    await owner.execute(f"CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {full}; END $$")
    await owner.execute("CREATE TRIGGER is_full BEFORE INSERT ON saved_addresses FOR EACH ROW EXECUTE FUNCTION is_full()")
    try:
        place = regions.all_kelurahan()[0].code
        sent = {"label": "Rumah", "recipient": "Baji", "phone": "081234567890", "street": "Jalan Penghibur 1", "kelurahan_code": place}
        token = {"x-csrf-token": form_token(baji)}
        problem = await baji.post("/api/v1/people/me/addresses", json=sent, headers=JSON | token)
    finally:
        await owner.execute("DROP TRIGGER is_full ON saved_addresses; DROP FUNCTION is_full")
        await owner.close()
    assert (problem.status_code, problem.json()["code"]) == (507, "disk_full"), problem.text
