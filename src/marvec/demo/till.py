"""The payer at the sandbox's pay page, and the sandbox's moods."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from marvec.demo.errors import Off, check
from marvec.demo.people import Person

CARD = "4242424242424242"
BAD_MOOD = {"seed": 7, "duplicate": 1.0, "duplicates": 2, "disorder": 1.0, "disorder_seconds": 0.6}
"""Every message comes twice, and later ones overtake earlier ones."""


class Till:
    """Where the pay page of a payment is. `reference` is the id of its session at the provider."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self.sandbox, self.reference = f"{place.scheme}://{place.netloc}", place.path.rpartition("/")[2]
        check(self.reference.startswith("cs_"), f"this is no pay page of the sandbox: {url}")

    async def pay(self) -> None:
        """By a card that is good."""
        paid = await self._do(f"pay/{self.reference}", {"method": "card", "number": CARD})
        check(paid["status"] == "succeeded", f"paying: {paid['status']}")

    async def misbehave(self) -> None:
        await self._do("misbehave", BAD_MOOD)

    async def behave(self) -> None:
        await self._do("misbehave", {})

    async def _do(self, deed: str, body: dict[str, Any]) -> Any:
        try:
            async with httpx.AsyncClient(timeout=20.0) as client:
                answer = await client.post(f"{self.sandbox}/sandbox/{deed}", json=body)
        except httpx.HTTPError as error:
            raise Off(f"the sandbox at {self.sandbox} does not answer ({type(error).__name__})") from error
        if answer.is_error:
            raise Off(f"sandbox {deed} answered {answer.status_code}: {answer.text[:200]}")
        return answer.json()


async def fill_in_form(url: str) -> None:
    """The provider's form of a seller: open the link, give everything."""
    try:
        async with httpx.AsyncClient(timeout=20.0) as browser:
            form = urljoin(url, (await browser.get(url)).headers.get("location", ""))
            answer = await browser.post(form, data={"deed": "onboard"})
    except httpx.HTTPError as error:
        raise Off(f"the provider's form does not answer ({type(error).__name__})") from error
    check(answer.status_code == httpx.codes.SEE_OTHER, f"the provider's form answered {answer.status_code}")


async def start(payer: Person, intent_id: str) -> Till:
    """Open the payment at the provider; asked twice, it is one payment."""
    first = await payer.door.post_plain(f"/payments/{intent_id}/start")
    again = await payer.door.post_plain(f"/payments/{intent_id}/start")
    check(first == again, "starting a payment twice gave two pay pages")
    check(first["kind"] == "redirect", f"the payment has no pay page: {first['kind']}")
    return Till(first["url"])
