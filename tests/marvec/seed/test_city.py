import httpx
from litestar import Litestar
from sqlalchemy import text

from common.db import unit_of_work
from marvec.seed.city import seed_if_empty
from tests.conftest import RunJobs


async def test_an_empty_house_is_filled_once_and_its_market_can_be_seen(
    client: httpx.AsyncClient, app: Litestar, run_jobs: RunJobs
) -> None:
    said: list[str] = []
    assert await seed_if_empty(said.append)
    assert not await seed_if_empty(said.append)
    await run_jobs()
    assert said[:2] == ["7 accounts", "14 shops with 53 goods"]
    async with unit_of_work() as session:
        assert (await session.execute(text("SELECT count(*) FROM listings WHERE state = 'published'"))).scalar_one() == 53
    page = await client.get("/pasar")
    assert page.status_code == 200
    assert "Kue Daeng Ngai" in (await client.get("/toko/kue-daeng-ngai")).text
