"""A seller at the provider's own pages: on to its form, back from it, and into its dashboard. The provider is never called under a lock."""

from uuid import UUID

from common import clock
from common.db import unit_of_work
from common.payments.errors import ProviderAway
from common.payments.models import SellerAccount
from common.payments.provider import provider
from common.payments.service import accounts


async def open_link(storefront_id: UUID, *, return_url: str, refresh_url: str) -> str:
    """Where the seller's browser goes now: the provider's form, for one visit. Opens the account first when there is none.

    Raises ProviderAway, Refused.
    """
    account = await accounts.account_of(storefront_id)
    assert account.provider_account is not None
    return (await provider().account_link(account.provider_account, return_url=return_url, refresh_url=refresh_url)).url


async def read_account(storefront_id: UUID, *, patiently: bool = False) -> None:
    """Read how the account stands at this moment: coming back from the form does not mean that it was filled in.

    `patiently`: a provider that is away is no error; its message or the next look will tell.
    """
    async with unit_of_work() as session:
        row = await session.get(SellerAccount, storefront_id)
    if row is None or row.provider_account is None:
        return
    asked_at = clock.now()
    try:
        fact = await provider().account_state(row.provider_account)
    except ProviderAway:
        if not patiently:
            raise
        return
    async with unit_of_work() as session:
        await accounts.record(session, fact, read_at=asked_at)


async def open_dashboard(storefront_id: UUID) -> str:
    """Where the seller sees her money at the provider. Raises ProviderAway, Refused (before she has told who she is)."""
    account = await accounts.account_of(storefront_id)
    assert account.provider_account is not None
    return await provider().dashboard_link(account.provider_account)
