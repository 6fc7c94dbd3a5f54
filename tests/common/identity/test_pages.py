"""Coming in by the browser, in both languages, and going back to what one was doing."""

import re

import httpx
import pytest

from common.actor import Role
from common.db import hot, unit_of_work
from common.identity.policy import address_of, device_of, local_path, masked
from tests.common.identity import make
from tests.common.identity.test_second_factor import code_of


async def test_somebody_signs_up_by_the_form_confirms_and_returns_to_the_cart(client: httpx.AsyncClient) -> None:
    form = await client.get("/daftar?lanjut=/keranjang")
    assert '<input type="hidden" name="lanjut" value="/keranjang">' in form.text
    sent = {
        "name": "Sitti",
        "address": "sitti@contoh.id",
        "password": make.PASSWORD,
        "consent": "true",
        "lanjut": "/keranjang",
        "locale": "id",
    }
    made = await client.post("/daftar", data=sent | {"_csrf": make.seed_token(client)})
    assert (made.status_code, made.headers["location"]) == (303, "/konfirmasi?lanjut=%2Fkeranjang")
    shown = await client.get("/konfirmasi?lanjut=/keranjang")
    assert "s•••@contoh.id" in shown.text and "sitti@contoh.id" not in shown.text
    found = re.search(r"Kode Anda: (\d{6})", (await client.get("/dev/pesan")).text)
    assert found
    confirmed = await client.post("/konfirmasi", data={"code": found[1], "lanjut": "/keranjang", "_csrf": make.form_token(client)})
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/keranjang")
    assert "Kontak dikonfirmasi" in (await client.get("/akun")).text


async def test_a_refused_form_keeps_what_was_typed_but_the_password(client: httpx.AsyncClient) -> None:
    await client.get("/daftar")
    sent = {"name": "Sitti", "address": "bukan nomor", "password": make.PASSWORD, "consent": "true", "_csrf": make.seed_token(client)}
    refused = await client.post("/daftar", data=sent)
    assert refused.status_code == 422
    assert 'value="bukan nomor"' in refused.text and "Tulis nomor HP (0812…) atau email yang benar." in refused.text
    assert make.PASSWORD not in refused.text
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("path", ["/daftar", "/masuk", "/masuk/kode", "/keluar", "/lupa-sandi"])
async def test_doors_open_for_strangers_in_english(client: httpx.AsyncClient, path: str) -> None:
    shown = await client.get(f"{path}?bahasa=en")
    assert (shown.status_code, 'lang="en"' in shown.text) == (200, True)
    assert not re.search(r"Kata sandi|Nomor HP|Kode 6|Keluar dari", shown.text)


@pytest.mark.parametrize(
    "path", ["/akun", "/akun/kontak", "/akun/pastikan", "/akun/perangkat", "/akun/keamanan", "/akun/token", "/kotak-masuk", "/admin/peran"]
)
async def test_every_page_of_an_account_can_be_shown(client: httpx.AsyncClient, path: str) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.holder(session, Role.ADMIN))
    assert (await client.get(path)).status_code == 200


async def test_a_token_made_on_the_page_is_shown_once(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    form = {"name": "kasir", "scopes": ["orders:read", "orders:write"], "days": "30", "_csrf": make.form_token(client)}
    made = await client.post("/akun/token", data=form)
    found = re.search(r"mvc_[\w-]{43}", made.text)
    assert found and made.headers["cache-control"] == "no-store"
    later = await client.get("/akun/token")
    assert "orders:read orders:write" in later.text and found[0] not in later.text


async def test_the_authenticator_is_turned_on_by_the_page(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    begun = await client.post("/akun/keamanan/autentikator", data={"_csrf": make.form_token(client)})
    found = re.search(r'<p class="mono">([A-Z2-7]{32})</p>', begun.text)
    assert found and 'src="data:image/svg+xml' in begun.text
    before = client.cookies["marvec_session"]
    turned = await client.post("/akun/keamanan/autentikator/kode", data={"code": code_of(found[1]), "_csrf": make.form_token(client)})
    assert turned.status_code == 200, turned.text
    assert len(re.findall(r'<li class="mono">', turned.text)) == 10
    assert client.cookies["marvec_session"] != before


@pytest.mark.parametrize(
    "asked",
    ["//jahat.example", "https://jahat.example", "/\\jahat.example", "\\/jahat.example", "/a\nb", "", "keranjang", "/\t/jahat.example"],
)
def test_no_return_leads_off_the_site(asked: str) -> None:
    assert local_path(asked, "/akun") == "/akun"


def test_a_return_on_the_site_is_kept() -> None:
    assert local_path("/toko/bolu-rampah?kelurahan=73.71.03.1001", "/akun") == "/toko/bolu-rampah?kelurahan=73.71.03.1001"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("62 812 3456 7890", "+6281234567890"),
        ("+62 81234567890", "+6281234567890"),
        (" A@B.co ", "a@b.co"),
    ],
)
def test_addresses_are_kept_in_one_spelling(typed: str, kept: str) -> None:
    address = address_of(typed)
    assert address is not None and address.text == kept


@pytest.mark.parametrize("typed", ["", "12345", "a@b", "a b@c.id", "@c.id", "0812"])
def test_what_is_no_address(typed: str) -> None:
    assert address_of(typed) is None


def test_masks_and_devices() -> None:
    assert (masked("+6281234567890"), masked("sitti@contoh.id")) == ("+62•••••7890", "s•••@contoh.id")
    assert device_of("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36") == "Chrome, Android"
