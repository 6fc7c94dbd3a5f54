"""How the demonstration's sellers come to their money: each walks the provider's form as a person would, at the sandbox.

A city without a sandbox (no payments, or Stripe itself) leaves this to its people.
"""

from urllib.parse import urljoin
from uuid import UUID

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.jobs import job
from common.payments import service as payments
from common.payments.errors import ProviderAway, Refused
from common.settings import get_settings

log = structlog.get_logger(__name__)
ONBOARD = "seed.onboard"
PATIENCE = 10.0  # seconds


async def promise(session: AsyncSession, storefront_id: UUID) -> None:
    """The shop's owner will go to the provider's form, once the shop stands."""
    if get_settings().stripe_api_base:
        await outbox.enqueue(session, ONBOARD, key=f"{ONBOARD}:{storefront_id}", storefront_id=str(storefront_id))


@job(ONBOARD, own_transactions=True)
async def onboard(*, storefront_id: str) -> None:
    """Open the form, press the button that gives everything, come back. Where no sandbox answers the shop stays as it is."""
    if get_settings().production:
        raise RuntimeError("the demonstration city is never seeded in production")
    shop, home = UUID(storefront_id), f"{get_settings().base_url}/toko-saya"
    try:
        link = await payments.open_link(shop, return_url=home, refresh_url=home)
        async with httpx.AsyncClient(timeout=PATIENCE) as browser:
            form = urljoin(link, (await browser.get(link)).headers["location"])
            (await browser.post(form, data={"deed": "onboard"})).headers["location"]
        await payments.read_account(shop)
    except (httpx.HTTPError, ProviderAway, Refused, KeyError) as error:
        log.info("seed_not_onboarded", storefront=storefront_id, error=type(error).__name__)
