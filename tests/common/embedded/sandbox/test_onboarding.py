"""A seller's way to her money, as at Stripe: a form behind a link of one visit, requirements, checks, pauses, and a dashboard."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.common.embedded.sandbox.make import Sandbox, balance, newcomer, paid, seller

WAYS = {"return_url": "http://shop.example/kembali", "refresh_url": "http://shop.example/lanjut"}


async def link_of(sandbox: Sandbox, account: str) -> Any:
    return await sandbox.v1.account_links.create_async({"account": account, "type": "account_onboarding", **WAYS})


async def walk(sandbox: Sandbox, account: str, deed: str) -> str:
    """Open a link, press a button of the form; where the person is then."""
    form = await sandbox.http.get((await link_of(sandbox, account)).url)
    assert form.status_code == 303
    shown = await sandbox.http.get(form.headers["location"])
    assert (shown.status_code, "external_account" in shown.text) == (200, True)
    return str((await sandbox.http.post(form.headers["location"], data={"deed": deed})).headers["location"])


async def test_a_new_account_may_do_nothing_and_says_what_it_wants(sandbox: Sandbox) -> None:
    account = await sandbox.v1.accounts.retrieve_async(await newcomer(sandbox))
    assert (account.capabilities.transfers, account.payouts_enabled, account.details_submitted) == ("inactive", False, False)
    assert account.requirements.disabled_reason == "requirements.past_due"
    assert "external_account" in account.requirements.currently_due
    assert account.requirements.past_due == account.requirements.currently_due == account.requirements.eventually_due
    await paid(sandbox)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.transfers.create_async({"amount": 100, "currency": "idr", "destination": account.id})
    assert refused.value.code == "insufficient_capabilities_for_transfer"


async def test_the_form_opens_the_account_and_leads_back(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    assert await walk(sandbox, account, "onboard") == WAYS["return_url"]
    found = await sandbox.v1.accounts.retrieve_async(account)
    assert (found.capabilities.transfers, found.payouts_enabled, found.details_submitted) == ("active", True, True)
    assert (found.requirements.currently_due, found.requirements.disabled_reason) == ([], None)
    await paid(sandbox)
    assert (await sandbox.v1.transfers.create_async({"amount": 100, "currency": "idr", "destination": account})).amount == 100


async def test_a_link_is_good_for_one_visit_then_leads_to_where_a_new_one_is_made(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    link = await link_of(sandbox, account)
    assert 0 < link.expires_at - link.created <= 300
    assert (await sandbox.http.head(link.url)).status_code == 405
    opened = await sandbox.http.get(link.url)
    assert opened.headers["location"].startswith(f"/onboard/{account}?visit=")
    assert (await sandbox.http.get(link.url)).headers["location"] == WAYS["refresh_url"]
    assert (await sandbox.http.get(f"{link.url}x")).status_code == 404


async def test_two_who_open_one_link_at_once_are_one_visit_and_one_refresh(sandbox: Sandbox) -> None:
    link = await link_of(sandbox, await newcomer(sandbox))
    places = [answer.headers["location"] for answer in await asyncio.gather(*(sandbox.http.get(link.url) for _ in range(8)))]
    assert sum(place.startswith("/onboard/") for place in places) == 1
    assert places.count(WAYS["refresh_url"]) == 7


async def test_coming_back_says_nothing_of_how_far_one_got(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    assert await walk(sandbox, account, "leave") == WAYS["return_url"]
    assert (await sandbox.v1.accounts.retrieve_async(account)).details_submitted is False


async def test_without_a_bank_account_money_comes_in_and_stays(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    await walk(sandbox, account, "without_bank")
    found = await sandbox.v1.accounts.retrieve_async(account)
    assert (found.capabilities.transfers, found.payouts_enabled, found.requirements.past_due) == ("active", False, ["external_account"])
    await paid(sandbox)
    await sandbox.v1.transfers.create_async({"amount": 100, "currency": "idr", "destination": account})
    assert await balance(sandbox, account) == 100
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.payouts.create_async({"amount": 100, "currency": "idr"}, {"stripe_account": account})
    assert refused.value.code == "payouts_not_allowed"


async def test_what_was_handed_in_is_checked_first(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    await walk(sandbox, account, "hand_in")
    found = await sandbox.v1.accounts.retrieve_async(account)
    assert (found.capabilities.transfers, found.requirements.pending_verification) == ("pending", ["individual.verification.document"])
    assert found.requirements.disabled_reason == "requirements.pending_verification"
    async with asyncio.timeout(10):
        while (await sandbox.v1.accounts.retrieve_async(account)).payouts_enabled is False:
            await asyncio.sleep(0.1)


async def test_a_blurred_card_is_an_error_with_its_requirement(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    await walk(sandbox, account, "blurred")
    found = await sandbox.v1.accounts.retrieve_async(account)
    (error,) = found.requirements.errors
    assert (error.requirement, error.code) == ("individual.verification.document", "verification_document_not_readable")
    assert (found.requirements.past_due, found.capabilities.transfers) == (["individual.verification.document"], "inactive")


async def test_every_change_is_told_capability_first(telling: Sandbox) -> None:
    account = await seller(telling)
    types = [event.type for event in (await telling.v1.events.list_async({}, {"stripe_account": account})).data]
    assert types == ["account.updated", "capability.updated"]
    wanted = {"transfers": "active", "payouts_enabled": False, "requirements": {"currently_due": ["individual.id_number"]}}
    assert (await telling.door(f"require/{account}", **wanted)).status_code == 200
    events = (await telling.v1.events.list_async({}, {"stripe_account": account})).data
    assert [event.type for event in events] == ["account.updated", "account.updated", "capability.updated"]
    assert events[0].data.object["requirements"]["currently_due"] == ["individual.id_number"]


async def test_the_dashboard_opens_once_and_only_after_the_form(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    with pytest.raises(stripe.InvalidRequestError):
        await sandbox.v1.accounts.login_links.create_async(account)
    await walk(sandbox, account, "onboard")
    link = await sandbox.v1.accounts.login_links.create_async(account)
    assert "Dasbor penjual" in (await sandbox.http.get(link.url)).text
    assert (await sandbox.http.get(link.url)).status_code == 404


async def test_a_slip_of_the_pen_is_refused_as_stripe_refuses_it(sandbox: Sandbox) -> None:
    account = await newcomer(sandbox)
    tries = (
        sandbox.v1.account_links.create_async({"account": account, "type": "account_onboarding", **WAYS, "retrun_url": "http://x.example"}),
        sandbox.v1.accounts.create_async({"type": "express", "contry": "ID"}),
        sandbox.v1.payouts.create_async({"amount": 1, "currency": "idr", "ammount": 1}),
        sandbox.v1.checkout.sessions.create_async({"mode": "payment", "succes_url": "http://x.example"}),
    )
    for one in tries:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await one
        assert refused.value.code == "parameter_unknown"


@pytest.mark.parametrize(
    ("change", "param"),
    [({"type": "account_update"}, "type"), ({"return_url": "ftp://x"}, "return_url"), ({"refresh_url": ""}, "refresh_url")],
)
async def test_a_link_needs_its_ways_and_the_type_of_express(sandbox: Sandbox, change: dict[str, str], param: str) -> None:
    account = await newcomer(sandbox)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.account_links.create_async({"account": account, "type": "account_onboarding", **WAYS} | change)
    assert refused.value.param == param
