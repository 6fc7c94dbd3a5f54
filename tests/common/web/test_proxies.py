"""Whose address counts: what stands left of the last trusted proxy, anybody can have written."""

from typing import Any

import httpx
import pytest
from litestar import Litestar

from common.identity.cookies import DEVICE_COOKIE, session_cookie
from common.settings import Settings, get_settings
from common.web.csrf import SEED_COOKIE
from common.web.proxies import networks_of, unwrap
from marvec.app import create_app

TRUSTED = networks_of("10.0.0.0/8, 2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),  # no proxy of ours: it may say what it likes
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),  # the client wrote the first part itself
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1"], "198.51.100.1"),  # two headers are one list
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db9::7]:4711"], "2001:db9::7"),
        ("2001:db8::1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.0.0.1", [], "10.0.0.1"),
    ],
)
def test_the_first_address_from_the_right_that_is_no_proxy_of_ours_is_the_client(peer: str, forwarded: list[str], client: str) -> None:
    assert _unwrapped(peer, forwarded, TRUSTED) == client


def test_without_named_proxies_nobody_is_believed() -> None:
    assert _unwrapped("127.0.0.1", ["198.51.100.1"], networks_of("")) == "127.0.0.1"


def test_what_is_no_network_is_not_started_with() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        Settings(trusted_proxies="10.0.0.0/8, everybody")


async def test_at_an_https_address_cookies_are_this_host_s_alone(house: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARVEC_BASE_URL", "https://kota.example")
    get_settings.cache_clear()
    try:
        app: Litestar = create_app()
        transport: Any = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar's narrower ASGI types
        async with httpx.AsyncClient(transport=transport, base_url="https://kota.example") as client:
            set_there = (await client.get("/masuk")).headers.get_list("set-cookie")
        seed = next(cookie for cookie in set_there if SEED_COOKIE in cookie)
        said = [seed, str(session_cookie("x").to_header(header=""))]
        for cookie in said:
            assert cookie.strip().startswith("__Host-marvec_") and "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    assert session_cookie("x").key == "marvec_session" and DEVICE_COOKIE == "marvec_device"


def _unwrapped(peer: str, forwarded: list[str], trusted: Any) -> str:
    scope: Any = {"type": "http", "client": (peer, 4711), "headers": [(b"x-forwarded-for", one.encode()) for one in forwarded]}
    unwrap(scope, trusted)
    return str(scope["client"][0])
