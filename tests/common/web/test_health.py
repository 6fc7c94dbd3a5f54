"""Alive is one thing, ready another."""

from collections.abc import Iterator

import asyncpg
import httpx
import pytest

from common.web import health


@pytest.fixture
def drained() -> Iterator[None]:
    health.draining.start()
    yield
    health.draining.now = False


async def test_a_ready_house_says_so(database: None, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "redis": "ok", "migrations": "ok", "serving": "ok"})


async def test_a_draining_house_sends_people_elsewhere(database: None, drained: None, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.json()["serving"]) == (503, "draining")
    assert (await visitor.get("/healthz")).status_code == 200


async def test_without_its_servers_it_is_alive_and_not_ready(monkeypatch: pytest.MonkeyPatch, visitor: httpx.AsyncClient) -> None:
    monkeypatch.setattr("common.db._open", None)
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "RuntimeError")
    assert (await visitor.get("/healthz")).status_code == 200


@pytest.mark.parametrize(("applied", "found"), [("0001", "not_at_head"), ("9999", "ok")])
async def test_a_schema_that_lacks_something_is_no_ground_and_a_newer_one_is(
    database: None, doors: asyncpg.Connection, applied: str, found: str
) -> None:
    before = await doors.fetchval("SELECT version_num FROM alembic_version")
    await doors.execute("UPDATE alembic_version SET version_num = $1", applied)
    try:
        assert (await health.readiness())["migrations"] == found
    finally:
        await doors.execute("UPDATE alembic_version SET version_num = $1", before)
