"""Where a visitor stands is said once and remembered for the market and the queues alike."""

import httpx
import pytest

from tests.civic.queues.make import counters
from tests.marvec import make

TOLO, PANAMBUNGAN = "73.71.09.1001", make.KELURAHAN


async def test_said_to_the_queues_it_holds_in_the_market(client: httpx.AsyncClient) -> None:
    await counters()
    item = await make.goods(at=PANAMBUNGAN)
    before = (await client.get(f"/barang/{item.id}")).text
    assert " km dari " not in before
    await client.get("/antrean", params={"kelurahan": TOLO})
    assert [(one.name, one.path, one.value) for one in client.cookies.jar if one.name in ("dari", "dekat")] == [("dari", "/", TOLO)]
    assert " km dari " in (await client.get(f"/barang/{item.id}")).text


async def test_said_to_the_market_it_holds_for_the_queues_and_the_last_word_counts(client: httpx.AsyncClient) -> None:
    await counters()
    await client.get("/pasar", params={"dari": PANAMBUNGAN})
    near = (await client.get("/antrean")).text
    assert near.index("Puskesmas Panambungan") < near.index("Puskesmas Mamajang")
    assert f'value="{PANAMBUNGAN}" selected' in near
    await client.get("/antrean", params={"kelurahan": TOLO})
    assert f'value="{TOLO}" selected' in (await client.get("/pasar")).text


@pytest.mark.parametrize("nonsense", ["99.99.99.9999", "x", "73.71.09.1001' OR 1=1", "\u0661"])
async def test_nonsense_is_neither_remembered_nor_an_error(client: httpx.AsyncClient, nonsense: str) -> None:
    await counters()
    for path, asked in (("/antrean", {"kelurahan": nonsense, "near": "1e999,nan"}), ("/pasar", {"dari": nonsense})):
        answer = await client.get(path, params=asked)
        assert (answer.status_code, "dari=" in answer.headers.get("set-cookie", "")) == (200, False)
