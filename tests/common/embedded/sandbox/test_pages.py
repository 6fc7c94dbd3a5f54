"""The pages on which a person pays: what they show, where they lead, and that a stranger sees nothing."""

import re
from typing import Any

import httpx
import pytest

from tests.common.embedded.sandbox.make import RP_50_000, Sandbox

SHOP = "http://shop.example/bayar/selesai?pesanan=PSN-1"


async def page_of(sandbox: Sandbox, *types: str, **query: str) -> tuple[Any, str]:
    about = {"payment_method_types": list(types or ("card", "qris")), "description": "20 porsi <songkolo>"}
    intent = await sandbox.v1.payment_intents.create_async({"amount": RP_50_000, "currency": "idr", **about})
    return intent, str(httpx.URL(f"/pay/{intent.id}", params={"client_secret": intent.client_secret, "return_url": SHOP, **query}))


def led_to(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    url = httpx.URL(answer.headers["location"])
    return answer.status_code, url.host, dict(url.params)


async def test_a_person_pays_by_card_and_is_led_back_to_the_shop(sandbox: Sandbox) -> None:
    intent, url = await page_of(sandbox)
    page = await sandbox.http.get(url)
    assert page.status_code == 200
    assert "Rp50.000" in page.text
    assert "tidak ada uang sungguhan" in page.text
    assert "20 porsi &lt;songkolo&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://shop.example;" in policy
    paid = await sandbox.http.post(url, data={"deed": "card", "number": "4242 4242 4242 4242"})
    told = {
        "pesanan": "PSN-1",
        "payment_intent": intent.id,
        "payment_intent_client_secret": intent.client_secret,
        "redirect_status": "succeeded",
    }
    assert led_to(paid) == (303, "shop.example", told)
    again = await sandbox.http.get(url)
    assert "Pembayaran berhasil." in again.text


async def test_a_declined_card_is_told_on_the_page_and_may_be_followed_by_another(sandbox: Sandbox) -> None:
    _, url = await page_of(sandbox)
    declined = await sandbox.http.post(url, data={"deed": "card", "number": "4000000000000002"})
    assert (declined.status_code, "Kartu ditolak" in declined.text) == (402, True)
    assert led_to(await sandbox.http.post(url, data={"deed": "card", "number": "4242424242424242"}))[2]["redirect_status"] == "succeeded"


@pytest.mark.parametrize(("deed", "outcome"), [("approve", "succeeded"), ("reject", "failed")])
async def test_three_d_secure_stands_between(sandbox: Sandbox, deed: str, outcome: str) -> None:
    _, url = await page_of(sandbox)
    asked = await sandbox.http.post(url, data={"deed": "card", "number": "4000000000003220"})
    assert asked.status_code == 303
    page = await sandbox.http.get(asked.headers["location"])
    assert "Bukan saya, tolak" in page.text
    done = await sandbox.http.post(asked.headers["location"], data={"deed": deed})
    assert led_to(done)[2]["redirect_status"] == outcome


async def test_a_person_pays_by_qris(sandbox: Sandbox) -> None:
    intent, url = await page_of(sandbox, "qris")
    assert "Nomor kartu" not in (await sandbox.http.get(url)).text
    shown = await sandbox.http.get((await sandbox.http.post(url, data={"deed": "code"})).headers["location"])
    picture = re.search(r'src="(/qris/[^"]+)"', shown.text)
    assert picture is not None
    assert (await sandbox.http.get(picture[1].replace("&amp;", "&"))).text.startswith("<?xml")
    assert "Saya sudah memindai: bayar" in shown.text
    assert led_to(await sandbox.http.post(url, data={"deed": "scanned"}))[2]["redirect_status"] == "succeeded"
    assert (await sandbox.v1.payment_intents.retrieve_async(intent.id)).status == "succeeded"


async def test_a_person_declines(sandbox: Sandbox) -> None:
    intent, url = await page_of(sandbox)
    assert led_to(await sandbox.http.post(url, data={"deed": "decline"}))[2]["redirect_status"] == "failed"
    after = await sandbox.v1.payment_intents.retrieve_async(intent.id)
    assert (after.status, after.last_payment_error.code) == ("requires_payment_method", "payment_method_customer_decline")


async def test_the_page_speaks_english_when_asked(sandbox: Sandbox) -> None:
    _, url = await page_of(sandbox, lang="en")
    page = await sandbox.http.get(url)
    assert "no real money moves" in page.text
    assert '<html lang="en">' in page.text


async def test_who_has_not_the_secret_sees_nothing_and_a_script_is_no_way_back(sandbox: Sandbox) -> None:
    intent, _ = await page_of(sandbox)
    for path in (f"/pay/{intent.id}", f"/pay/{intent.id}?client_secret=x", f"/qris/{intent.id}.svg", "/pay/pi_none?client_secret=x", "/"):
        assert (await sandbox.http.get(path)).status_code == 404
    unsafe = httpx.URL(f"/pay/{intent.id}", params={"client_secret": intent.client_secret, "return_url": "javascript:alert(1)"})
    done = await sandbox.http.post(unsafe, data={"deed": "card", "number": "4242424242424242"})
    assert (done.status_code, "Pembayaran berhasil." in done.text) == (200, True)


async def test_the_style_comes_from_here(sandbox: Sandbox) -> None:
    style = await sandbox.http.get("/static/sandbox.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "http" not in style.text
