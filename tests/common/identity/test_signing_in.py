"""Signing up and in, devices, signing out."""

import httpx

PASSWORD = "songkolo dan bolu"


async def sign_up(client: httpx.AsyncClient, address: str = "081234567890", name: str = "Daeng Baji") -> httpx.Response:
    return await client.post("/api/v1/people", json={"name": name, "address": address, "password": PASSWORD, "consent": True})


async def test_somebody_signs_up_signs_in_confirms_and_is_known(client: httpx.AsyncClient) -> None:
    made = await sign_up(client)
    assert made.status_code == 201, made.text
    assert made.json()["confirmation"]["sent_to"] == "+62•••••7890"
    code = made.json()["confirmation"]["code"]
    entered = await client.post("/api/v1/sessions", json={"phone": "+62 812-3456-7890", "password": PASSWORD})
    assert entered.status_code == 201, entered.text
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower()
    me = (await client.get("/api/v1/people/me")).json()
    assert (me["name"], me["assurance"], me["phone"]) == ("Daeng Baji", 0, "+6281234567890")
    confirmed = await client.post("/api/v1/confirmations", json={"code": code})
    assert confirmed.json()["assurance"] == 1, confirmed.text
