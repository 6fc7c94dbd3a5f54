"""Looking around as one of the demonstration's people; where there is no demonstration, there is no such page."""

import httpx
import pytest

from common.db import unit_of_work
from common.settings import Settings, get_settings
from marvec.seed import people
from tests.common.identity import make
from tests.marvec.seed.asking import as_if


async def test_one_press_signs_in_and_another_changes_the_skin(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        for key, name in (("penjual", "Daeng Ngai"), ("operator", "Irfan Lologau")):
            await people.enrol(session, name, people.address_of(key))
    assert "/demo" in (await client.get("/masuk")).text
    shown = await client.get("/demo")
    assert shown.text.count("Masuk sebagai ") == 6
    entered = await client.post("/demo/penjual", data={"_csrf": make.seed_token(client)})
    assert (entered.status_code, entered.headers["location"]) == (303, "/toko-saya")
    assert "Anda sekarang Daeng Ngai." in (await client.get("/demo")).text
    changed = await client.post("/demo/operator", data={"_csrf": make.form_token(client)})
    assert changed.headers["location"] == "/operator"
    assert "Anda sekarang Irfan Lologau." in (await client.get("/demo")).text


async def test_nobody_is_signed_in_without_the_forms_token_or_as_somebody_else(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await people.enrol(session, "Orang Lain", people.address_of("lain"))
    await client.get("/demo")
    assert (await client.post("/demo/penjual")).status_code == 403
    assert (await client.post("/demo/lain", data={"_csrf": make.seed_token(client)})).status_code == 404


@pytest.mark.parametrize("changed", [{"demo": False}, {"mode": "production"}])
async def test_without_the_demonstration_it_does_not_exist(client: httpx.AsyncClient, changed: dict[str, object]) -> None:
    await client.get("/demo")
    token = make.seed_token(client)
    with as_if(get_settings(), **changed):
        assert (await client.get("/demo")).status_code == 404
        assert (await client.post("/demo/penjual", data={"_csrf": token})).status_code == 404
    with as_if(get_settings(), demo=False):
        assert "/demo" not in (await client.get("/masuk")).text


def test_the_settings_refuse_the_demonstration_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "NIK_KEY", "BASE_URL", "DATABASE_URL", "REDIS_URL", "SMTP_URL"):
        monkeypatch.setenv(f"MARVEC_{name}", "https://x.example")
    for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"):
        monkeypatch.setenv(name, "x")
    with pytest.raises(ValueError, match="MARVEC_DEMO cannot be set in production"):
        Settings(mode="production", demo=True)
