"""A cut tail is noticed: the head of the chain is kept where the database cannot reach it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from common.audit import head, service
from common.audit.head import Standing
from common.db import unit_of_work
from common.files.stores import DiskStore, store
from common.operations import checks, gauges
from common.settings import get_settings
from tests.common.audit.make import OFFICER, deeds, seal
from tests.marvec.cli.make import marvec

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def place(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path)


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The head lies where the city keeps its files; what a command line must be told of it."""
    monkeypatch.setenv("MARVEC_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    settings = get_settings()
    yield {
        "MARVEC_DATA_DIR": str(tmp_path), "MARVEC_DATABASE_URL": settings.database_url, "MARVEC_REDIS_URL": settings.redis_url,
        "MARVEC_SECRET_KEY": settings.secret_key.get_secret_value(),
    }  # fmt: skip
    monkeypatch.undo()
    get_settings.cache_clear()


async def sealed(count: int) -> None:
    await deeds(count)
    while await seal():
        pass


async def cut(doors: asyncpg.Connection, after: int) -> None:
    """As a superuser, past every trigger: the database of an earlier moment."""
    await doors.execute("DELETE FROM audit_seals WHERE seq > $1", after)
    await doors.execute("DELETE FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_seals)")
    await doors.execute("DELETE FROM audit_unsealed")


async def standing(place: DiskStore) -> Standing:
    raw = await head.read(place)
    async with unit_of_work() as session:
        return (await head.compare(session, raw)).standing


async def test_the_head_goes_forward_with_the_trail_and_twice_is_once(place: DiskStore) -> None:
    assert (await head.keep(place)).standing is Standing.NONE
    assert not (place.folder / head.KEY).exists()
    await sealed(3)
    for _ in range(2):
        await head.keep(place)
    assert json.loads((place.folder / head.KEY).read_text())["seq"] == 3
    await sealed(0)  # that it is kept from now on, is an entry of the trail
    await asyncio.gather(*(head.keep(place) for _ in range(3)))
    assert json.loads((place.folder / head.KEY).read_text())["seq"] == 4
    assert await standing(place) is Standing.FITS


async def test_a_cut_tail_is_noticed_though_every_seal_that_is_left_fits(doors: asyncpg.Connection, place: DiskStore) -> None:
    await sealed(5)
    await head.keep(place)
    await cut(doors, 3)
    async with unit_of_work() as session:
        verdict = await service.verify(session)
    assert (verdict.sealed, verdict.holds) == (3, True)
    assert await standing(place) is Standing.CUT


async def test_a_trail_that_went_on_after_the_cut_is_another_one_and_the_kept_head_is_left_alone(
    doors: asyncpg.Connection, place: DiskStore
) -> None:
    await sealed(5)
    await head.keep(place)
    kept = (place.folder / head.KEY).read_bytes()
    await cut(doors, 3)
    await sealed(9)
    assert (await head.keep(place)).standing is Standing.CUT
    assert (place.folder / head.KEY).read_bytes() == kept


@pytest.mark.parametrize("crime", ["remove", "forge", "spoil"])
async def test_a_head_that_is_gone_or_not_ours_is_told(place: DiskStore, crime: str) -> None:
    await sealed(2)
    await head.keep(place)
    file = place.folder / head.KEY
    if crime == "remove":
        file.unlink()
    elif crime == "forge":
        file.write_text(json.dumps(json.loads(file.read_text()) | {"seq": 1}))
    else:
        file.write_text("{")
    expected = Standing.LOST if crime == "remove" else Standing.FORGED
    assert (await head.keep(place)).standing is expected
    assert await standing(place) is expected


async def test_an_acknowledged_cut_stays_on_record_here_and_there_and_the_trail_goes_on(
    doors: asyncpg.Connection, place: DiskStore
) -> None:
    await sealed(5)
    await head.keep(place)
    await cut(doors, 3)
    assert (await head.acknowledge(place, OFFICER, "cadangan 20 November dipulihkan")).standing is Standing.CUT
    assert (await head.acknowledge(place, OFFICER, "sekali lagi")).standing is Standing.FITS
    await sealed(4)
    finding = await head.keep(place)
    assert finding.standing is Standing.FITS and finding.kept is not None
    (known,) = finding.kept.cuts
    assert (known.kept, known.found, known.because) == (5, 3, "cadangan 20 November dipulihkan")
    async with unit_of_work() as session:
        details = await session.scalar(text("SELECT details FROM audit_entries WHERE action = 'audit.cut_acknowledged'"))
    assert (details["kept"], details["found"], details["because"]) == (5, 3, "cadangan 20 November dipulihkan")


async def test_an_operator_sees_it_at_a_glance(doors: asyncpg.Connection, city: dict[str, str]) -> None:
    async def seen() -> tuple[str, str]:
        async with unit_of_work() as session:
            found = {check.section: check for check in await checks.all_checks(session)}["audit-trail"]
        return found.tone, found.finding

    await sealed(5)
    await head.keep(store())
    assert await seen() == ("good", "1 catatan menunggu segel")
    await doors.execute("UPDATE audit_unsealed SET since = now() - interval '2 minutes'")
    assert (await seen())[0] == "warn"
    await doors.execute("UPDATE audit_unsealed SET since = now() - interval '4 minutes'")
    assert (await seen())[0] == "bad"
    await gauges.trail()
    assert (gauges.UNSEALED._value.get(), gauges.UNSEALED_SECONDS._value.get() >= 240, gauges.HEAD_FITS._value.get()) == (1, True, 1)
    await cut(doors, 3)
    assert await seen() == ("bad", "Ujung jejak hilang: yang disimpan segel 5, di basis data sampai 3 dan tidak cocok.")
    await gauges.trail()
    assert gauges.HEAD_FITS._value.get() == 0


async def test_the_command_line_says_it_clearly(doors: asyncpg.Connection, city: dict[str, str]) -> None:
    async def said(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(marvec, "audit", *words, **city)
        return done.returncode, done.stdout + done.stderr

    await sealed(5)
    await head.keep(store())
    code, held = await said("head")
    assert (code, held.partition(":")[0]) == (0, "5")
    await cut(doors, 3)
    code, words = await said("verify", "--head", held)
    assert code == 1
    assert "the end of the trail is missing: seal 5 was kept outside on " in words and "the database ends at seal 3." in words
    assert "the head that was held by hand, seal 5, is not in this trail" in words
    code, words = await said("acknowledge", "--because", "cadangan dipulihkan")
    assert (code, words) == (0, "audit: acknowledged; kept was seal 5, the trail goes on from seal 3\n")
    code, words = await said("verify")
    assert (
        code == 0
        and words.startswith("audit: 3 sealed entries fit, 1 wait for their seal; head ")
        and "up to seal 5 was kept, 3 were found (cadangan dipulihkan)" in words
    )
