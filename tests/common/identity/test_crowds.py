"""A campus signs up behind one address; a machine that hammers is stopped."""

from datetime import timedelta

import httpx
import pytest

from common import clock
from common.identity.errors import Throttled
from common.identity.service import throttling
from tests.common.identity.test_signing_in import a_sign_up

pytestmark = pytest.mark.usefixtures("database")
CAMPUS, OFFICE, CAFE, HOUSE = (f"203.0.113.{number}" for number in range(7, 11))


async def test_three_hundred_people_behind_one_address_sign_up_within_an_hour() -> None:
    begun, passed = clock.now(), []
    for number in range(300):
        with clock.frozen(begun + timedelta(seconds=12 * number)):
            passed.append(await _passes(f"browser-{number}", f"+62812{number:07d}", network=CAMPUS))
            passed.append(await _is_counted("codes-of-network", CAMPUS, throttling.CODES_OF_NETWORK))
    assert passed == [True] * 600


async def test_three_hundred_people_at_the_same_minute_by_one_kind_of_program_do_too() -> None:
    passed = [await _passes("", f"+62812{number:07d}", "marvec-demo", network=OFFICE) for number in range(300)]
    assert passed == [True] * 300


async def test_one_browser_that_hammers_is_stopped_and_its_neighbours_are_not() -> None:
    passed = [await _passes("the-same-browser", f"+62813{number:07d}") for number in range(40)]
    assert passed == [True] * 20 + [False] * 20
    assert await _passes("a-neighbour", "+628140000001")


async def test_a_machine_without_a_cookie_is_stopped_too_and_so_is_who_tries_one_address() -> None:
    passed = [await _passes("", f"+62815{number:07d}", "hammer/1.0") for number in range(380)]
    assert (passed[:350], any(passed[351:])) == ([True] * 350, False)
    again = [await _passes(f"b-{number}", "+628160000001") for number in range(12)]
    assert again == [True] * 10 + [False] * 2


async def test_a_place_that_is_never_quiet_forgets_its_tries_one_by_one() -> None:
    begun, passed = clock.now(), []
    for hour in range(4):
        for number in range(500):
            with clock.frozen(begun + timedelta(hours=hour, seconds=7.2 * number)):
                passed.append(await _is_counted("sign-up", HOUSE, throttling.SIGN_UPS_OF_NETWORK))
    assert passed == [True] * 2000


async def test_sign_ups_over_http_are_counted_by_the_browser_s_cookie(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "SIGN_UPS_OF_DEVICE", throttling.Pace(free=1, wait=60, longest=60, window=3600))
    client.cookies.set("marvec_csrf", "one-browser")
    answers = [(await client.post("/api/v1/people", json=a_sign_up(f"orang{number}@contoh.id"))).status_code for number in range(3)]
    assert answers == [201, 201, 429]


async def _passes(device: str, address: str, program: str = "Mozilla/5.0", network: str = CAFE) -> bool:
    try:
        await throttling.count_sign_up(network, device, program, address)
    except Throttled:
        return False
    return True


async def _is_counted(what: str, whose: str, pace: throttling.Pace) -> bool:
    try:
        await throttling.count(what, whose, pace)
    except Throttled:
        return False
    return True
