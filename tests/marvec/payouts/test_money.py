"""A seller's money: onboarding from her own pages, what she is told, her balance, and statements whose lines sum to the last rupiah."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from common import clock
from common.actor import Actor
from common.db import unit_of_work
from common.identity import queries as identity
from common.identity import service as people
from common.ids import uuid7
from common.notifications import queries as inbox
from common.payments import queries as payments
from common.payments import service as money
from common.payments.facts import AccountFact, DisputeFact, PayoutFact, Requirements, TransferFact
from common.payments.models import DisputeState, PayoutState, SellerAccount
from common.payments.service import accounts
from common.payments.service.merging import merge
from marvec.orders.machine import OrderState
from marvec.orders.models import Order
from marvec.payouts import paper, requirements, service
from marvec.payouts.months import bounds_of, month_of, months_of
from marvec.storefronts import queries as storefronts
from marvec.storefronts.models import Storefront
from tests.common.payments.conftest import Sandbox, paying_at, sandbox, sandbox_address
from tests.conftest import RunJobs
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import Deal

__all__ = ["sandbox", "sandbox_address"]
READY = Requirements()
CHECKED = Requirements(pending_verification=("x",), disabled_reason="requirements.pending_verification")


async def shop_of(deal: Deal) -> Storefront:
    async with unit_of_work() as session:
        return (await storefronts.owned_by(session, deal.seller.person_id))[0]


async def told(person: Actor) -> list[str]:
    async with unit_of_work() as session:
        rows, _ = await inbox.page_of(session, person.person_id, limit=50, cursor=None)
        return [row.text for row in rows]


async def account_is(storefront_id: UUID, **fact: object) -> None:
    """What the provider says of a shop's account now."""
    async with unit_of_work() as session:
        await accounts.keep_account(session, storefront_id, f"acct_{storefront_id.hex}")
        known = {"transfers_enabled": True, "payouts_enabled": True, "details_submitted": True, "requirements": READY} | fact
        await accounts.record(session, AccountFact(f"acct_{storefront_id.hex}", **known), read_at=clock.now())  # type: ignore[arg-type]


async def transferred(deal: Deal) -> None:
    async with unit_of_work() as session:
        row = text("SELECT id, amount FROM payment_transfers WHERE order_id = :id AND reversal_id IS NULL")
        transfer = (await session.execute(row, {"id": deal.order_id})).one()
        await merge(session, TransferFact(f"tr_{transfer.id.hex}", transfer.id, transfer.amount))


async def paid_out(shop: Storefront, amount: int, ref: str = "po_1", state: PayoutState = PayoutState.PAID) -> None:
    async with unit_of_work() as session:
        await merge(session, PayoutFact(ref, f"acct_{shop.id.hex}", amount, state))


async def order_of(deal: Deal) -> Order:
    return await make.order(deal.order_id)


async def test_onboarding_is_walked_from_the_sellers_page_to_the_provider_and_back(
    sandbox: Sandbox, app: Litestar, run_jobs: RunJobs
) -> None:
    await sandbox.do("reset")
    seller = await make.member("Penjual")
    shop = await make.shop(seller)
    home = f"/toko-saya/{shop.slug}/rekening"
    async with client_as(app, seller) as client:
        assert "Belum disiapkan" in (await client.get(home)).text
        on = await submit(client, home, home)
        assert on.status_code == 303
        form = (await sandbox.http.get(on.headers["location"])).headers["location"]
        back = (await sandbox.http.post(form, data={"deed": "blurred"})).headers["location"]
        assert back == f"http://testserver{home}/kembali"
        assert (await client.get(back)).headers["location"] == home
        shown = await client.get(home)
        assert "Foto dokumennya buram." in shown.text
        assert "Kirim foto KTP yang jelas dan utuh." in shown.text
        again = await client.get((await sandbox.http.get(on.headers["location"])).headers["location"])  # the link was used up: refresh
        form = (await sandbox.http.get(again.headers["location"])).headers["location"]
        await sandbox.http.post(form, data={"deed": "onboard"})
        await client.get(back)
        assert "dibayarkan ke bank sekali sehari" in (await client.get(home)).text
        dashboard = await submit(client, home, f"{home}/dasbor")
        assert "Dasbor penjual" in (await sandbox.http.get(dashboard.headers["location"])).text


async def test_the_provider_being_away_is_said_on_the_page(database: None, app: Litestar) -> None:
    seller = await make.member("Penjual")
    home = f"/toko-saya/{(await make.shop(seller)).slug}/rekening"
    async with client_as(app, seller) as client:
        away = await submit(client, home, home)
        assert (away.status_code, "sedang tidak bisa dihubungi" in away.text) == (503, True)
        assert (await client.get(f"{home}/lanjut")).status_code == 303
        assert (await client.get(f"{home}/kembali")).status_code == 303


async def test_nobody_sees_or_prepares_anothers_account_or_balance(database: None, app: Litestar) -> None:
    shop = await make.shop(await make.member("Penjual"))
    async with client_as(app, await make.member("Orang lain")) as client:
        assert [
            (await client.get(f"/toko-saya/{shop.slug}/{page}")).status_code for page in ("rekening", "laporan", "rekening/kembali")
        ] == [403] * 3
        assert (await client.get(f"/toko-saya/saldo?toko={shop.slug}")).status_code == 403
        kinds = ("account", "balance", "movements", "statements/2026-11")
        assert [(await client.get(f"/api/v1/storefronts/{shop.id}/{kind}")).status_code for kind in kinds] == [403] * 4


@pytest.mark.parametrize(
    ("fact", "state", "sentence"),
    [
        ({}, "ready", ""),
        ({"details_submitted": False, "transfers_enabled": False, "payouts_enabled": False}, "new", ""),
        ({"payouts_enabled": False, "requirements": Requirements(past_due=("external_account",))}, "partly", "Isi rekening bank"),
        ({"transfers_enabled": False, "requirements": CHECKED}, "checked", "sedang diperiksa"),
        ({"transfers_enabled": False, "requirements": Requirements(disabled_reason="rejected.fraud")}, "paused", "menolak akun ini"),
        ({"transfers_enabled": False, "requirements": Requirements(disabled_reason="new.word")}, "paused", "menghentikan akun ini"),
        ({"requirements": Requirements(currently_due=("something.new",))}, "ready", "Ada isian lain yang diminta."),
        ({"requirements": Requirements(errors=(("x", "a_new_code"),))}, "ready", "Yang dikirim belum diterima."),
        ({"requirements": Requirements(eventually_due=("individual.id_number",))}, "ready", "Isi NIK seperti di KTP."),
        ({"disconnected": True, "requirements": None}, "gone", ""),
    ],
)  # fmt: skip
async def test_each_state_of_an_account_is_said_in_words(database: None, fact: dict[str, object], state: str, sentence: str) -> None:
    shop_id = uuid7()
    await account_is(shop_id, **fact)
    async with unit_of_work() as session:
        found = requirements.told(await session.get_one(SellerAccount, shop_id))
    assert found.state == state
    assert sentence in " ".join([*found.todo, *found.soon, *found.wrong, found.why])


async def test_a_seller_hears_that_payouts_are_paused_and_that_they_go_on(database: None, run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    shop = await make.shop(seller)
    await account_is(shop.id)
    await run_jobs()
    await account_is(shop.id, payouts_enabled=False, requirements=Requirements(past_due=("external_account",)))
    await run_jobs()
    await account_is(shop.id)
    await account_is(shop.id)
    await run_jobs()
    assert await told(seller) == [service.READY, service.PAUSED, service.READY]


async def test_only_the_last_of_quick_changes_is_told_and_a_form_half_filled_is_no_pause(database: None, run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    shop = await make.shop(seller)
    await account_is(shop.id, transfers_enabled=False, payouts_enabled=False, details_submitted=False)
    await account_is(shop.id, payouts_enabled=False, requirements=Requirements(past_due=("external_account",)))
    await run_jobs()
    assert await told(seller) == [service.ASKED]
    await account_is(shop.id, transfers_enabled=False, payouts_enabled=False, requirements=CHECKED)
    await account_is(shop.id)
    await run_jobs()
    assert await told(seller) == [service.READY, service.ASKED]


async def test_money_that_waits_for_the_account_is_told_with_the_sum_once_a_day(database: None, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await run_jobs(failing=True)
    texts = await told(deal.seller)
    assert texts.count(service.WAITS_FOR_ACCOUNT) == 1
    async with unit_of_work() as session:
        rows, _ = await inbox.page_of(session, deal.seller.person_id, limit=50, cursor=None)
        (params,) = [row.params for row in rows if row.text == service.WAITS_FOR_ACCOUNT]
    order = await order_of(deal)
    assert params["amount"] == f"Rp{order.total - order.commission:,}".replace(",", ".")


@pytest.fixture
async def city(sandbox_address: str, database: None) -> AsyncIterator[Sandbox]:
    """A sandbox whose facts the whole city hears; sellers are ready at once."""
    async with paying_at(sandbox_address, heard=True) as one:
        await one.do("reset", onboarded=True)
        yield one


async def delivered(city: Sandbox, run_jobs: RunJobs) -> Deal:
    """An order that was paid at the provider and waits for its buyer's word."""
    deal = await make.deal()
    await money.start(deal.intent_id, "http://testserver/")
    async with unit_of_work() as session:
        ref = (await payments.by_id(session, deal.intent_id)).provider_ref
    await city.pay(str(ref))
    await money.look_again(deal.intent_id)
    await run_jobs()
    for new in (OrderState.ACCEPTED, OrderState.SHIPPED, OrderState.DELIVERED):
        await make.move(deal.seller, deal.order_id, new)
    return deal


async def test_level_0_is_paid_nothing_and_everything_once_confirmed(city: Sandbox, run_jobs: RunJobs) -> None:
    deal = await delivered(city, run_jobs)
    shop = await shop_of(deal)
    async with unit_of_work() as session:
        await session.execute(text("UPDATE person SET phone_confirmed_at = NULL WHERE id = :id"), {"id": deal.seller.person_id})
    await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    await run_jobs()
    async with unit_of_work() as session:
        assert await money.is_confirmed(session, shop.id) is False
        asked = await session.scalar(text("SELECT count(*) FROM payment_transfers WHERE requested_at IS NOT NULL"))
    assert (asked, (await city.call("GET", "transfers"))["data"]) == (0, [])
    assert service.WAITS_FOR_ADDRESS in await told(deal.seller)
    async with unit_of_work() as session:
        person = await identity.by_id(session, deal.seller.person_id)
        _, code = await people.ask_confirmation(session, person)
    async with unit_of_work() as session:
        await people.confirm(session, deal.seller, code)
    await run_jobs()
    order = await order_of(deal)
    (transfer,) = (await city.call("GET", "transfers"))["data"]
    assert transfer["amount"] == 100 * (order.total - order.commission)


async def test_the_balance_says_where_every_rupiah_is(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.ACCEPTED, run_jobs)
    shop, order = await shop_of(deal), await order_of(deal)
    net = order.total - order.commission
    async with client_as(app, deal.seller) as client:

        async def now() -> dict[str, int]:
            found: dict[str, int] = (await client.get(f"/api/v1/storefronts/{shop.id}/balance")).json()
            return {name: amount for name, amount in found.items() if amount}

        assert await now() == {"held": order.total}
        for new, by in ((OrderState.SHIPPED, deal.seller), (OrderState.DELIVERED, deal.seller), (OrderState.COMPLETED, deal.buyer)):
            await make.move(by, deal.order_id, new)
        assert await now() == {"available": net, "waiting": net}
        await account_is(shop.id)
        assert await now() == {"on_the_way": net}
        await transferred(deal)
        assert await now() == {"on_the_way": net}
        await paid_out(shop, net)
        assert await now() == {"paid_out": net}
        async with unit_of_work() as session:
            await money.refund(session, order_id=deal.order_id, amount=10_000, reason="rusak")
            await session.execute(text("UPDATE payment_reversals SET state = 'failed'"))
        commission = 10_000 * order.commission // order.total
        assert await now() == {"paid_out": net, "debt": 10_000 - commission}
        shown = await client.get("/toko-saya/saldo")
        assert "Kami potong dari penjualan berikutnya." in shown.text
        assert f'href="/pesanan/{order.reference}"' in shown.text


async def test_who_has_no_shop_has_an_empty_balance(database: None, app: Litestar) -> None:
    async with client_as(app, await make.member()) as client:
        shown = await client.get("/toko-saya/saldo")
        assert (shown.status_code, "Belum ada uang masuk" in shown.text) == (200, True)


async def test_movements_are_paged_without_a_gap_or_a_double(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    shop = await shop_of(deal)
    await account_is(shop.id)
    await transferred(deal)
    for number in range(1, 12):
        await paid_out(shop, number, f"po_{number}")
    async with client_as(app, deal.seller) as client:
        seen: list[int] = []
        address: str | None = f"/api/v1/storefronts/{shop.id}/movements?limit=5"
        while address:
            answer = await client.get(address)
            seen += [line["net"] for line in answer.json()["items"]]
            address = answer.links.get("next", {}).get("url")
    order = await order_of(deal)
    assert seen == [*(-number for number in range(11, 0, -1)), order.total - order.commission]


async def settled(run_jobs: RunJobs) -> tuple[Deal, Storefront, Order]:
    """November: a sale of 30,000 on the 5th, 10,000 of it given back on the 20th, 5,000 to the bank on the last evening, WITA."""
    with clock.frozen(datetime(2026, 11, 5, 3, tzinfo=UTC)):
        deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
        shop = await shop_of(deal)
        await account_is(shop.id)
        await transferred(deal)
    with clock.frozen(datetime(2026, 11, 20, 3, tzinfo=UTC)):
        async with unit_of_work() as session:
            await money.refund(session, order_id=deal.order_id, amount=10_000, reason="rusak")
    with clock.frozen(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)):  # 23:59 in Makassar
        await paid_out(shop, 5_000, "po_november")
    with clock.frozen(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)):  # midnight
        await paid_out(shop, 3_000, "po_december")
        await paid_out(shop, 3_000, "po_december", PayoutState.FAILED)
    return deal, shop, await order_of(deal)


async def test_a_statement_closes_at_its_opening_plus_its_lines_to_the_last_rupiah(database: None, run_jobs: RunJobs) -> None:
    _, shop, order = await settled(run_jobs)
    commission = order.commission
    back = 10_000 * commission // order.total
    async with unit_of_work() as session:
        november = await service.statement(session, shop, datetime(2026, 11, 1, tzinfo=UTC).date())
        december = await service.statement(session, shop, datetime(2026, 12, 1, tzinfo=UTC).date())
    assert [(one.kind, one.order, one.gross, one.commission, one.refunded, one.net) for one in november.lines] == [
        ("release", order.reference, 30_000, commission, 0, 30_000 - commission),
        ("refund", order.reference, 0, -back, 10_000, back - 10_000),
        ("payout", "", 0, 0, 0, -5_000),
    ]
    assert (november.opening, november.closing) == (0, 30_000 - commission + back - 10_000 - 5_000)
    assert [(one.kind, one.net) for one in december.lines] == [("payout", -3_000), ("payout_returned", 3_000)]
    assert (december.opening, december.closing) == (november.closing, november.closing)


async def test_what_a_bank_takes_back_is_a_line_that_leads_to_its_order(database: None, run_jobs: RunJobs) -> None:
    with clock.frozen(datetime(2026, 11, 5, 3, tzinfo=UTC)):
        deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
        shop, order = await shop_of(deal), await order_of(deal)
        await account_is(shop.id)
        await transferred(deal)
    sale = order.total - order.commission
    for day, state in ((10, DisputeState.WITHDRAWN), (20, DisputeState.LOST), (25, DisputeState.WON)):
        with clock.frozen(datetime(2026, 11, day, 3, tzinfo=UTC)):
            async with unit_of_work() as session:
                await session.execute(text("UPDATE payment_intents SET payment_ref = 'pi_1' WHERE id = :id"), {"id": deal.intent_id})
                assert await merge(session, DisputeFact("du_1", "pi_1", order.total, state))
            await run_jobs(failing=True)
        if state is DisputeState.LOST:
            async with unit_of_work() as session:
                lost = await service.statement(session, shop, datetime(2026, 11, 1, tzinfo=UTC).date())
    assert [(one.kind, one.order, one.net) for one in lost.lines] == [
        ("release", order.reference, sale),
        ("share", order.reference, -sale),
    ]
    assert lost.closing == 0
    async with unit_of_work() as session:
        won = await service.statement(session, shop, datetime(2026, 11, 1, tzinfo=UTC).date())
    assert [(one.kind, one.order, one.net) for one in won.lines][2:] == [("dispute", order.reference, sale)]
    assert (won.opening, won.closing) == (0, sale)


async def test_the_csv_is_the_same_to_the_rupiah_and_computes_nothing(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    deal, shop, order = await settled(run_jobs)
    with clock.frozen(datetime(2026, 12, 5, tzinfo=UTC)):
        async with client_as(app, deal.seller) as client:
            answer = await client.get(f"/toko-saya/{shop.slug}/laporan/2026-11/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="saldo-{shop.slug}-2026-11.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][7] == "0"
    assert [row[2] for row in rows[2:-1]] == [order.reference, order.reference, ""]
    assert int(rows[-1][7]) == int(rows[1][7]) + sum(int(row[6]) for row in rows[2:-1])


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-5", "@x", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_a_text(cell: str) -> None:
    assert paper.safe(cell) == f"'{cell}"


async def test_the_paper_leads_to_the_orders(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    deal, shop, order = await settled(run_jobs)
    with clock.frozen(datetime(2026, 12, 5, tzinfo=UTC)):
        async with client_as(app, deal.seller) as client:
            answer = await client.get(f"/toko-saya/{shop.slug}/laporan/2026-11/pdf")
            assert (await client.get(f"/toko-saya/{shop.slug}/laporan")).text.count("/pdf") == 2  # its two months
            for wrong in ("2026-10", "2027-01", "2026-13", "besok", "2026-1"):
                assert (await client.get(f"/toko-saya/{shop.slug}/laporan/{wrong}/pdf")).status_code == 404
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(f"http://testserver/pesanan/{order.reference}".encode()) == 2


async def test_months_are_the_citys(database: None) -> None:
    with clock.frozen(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)):  # half past midnight on 1 December in Makassar
        shop = await make.shop(make.person())
        assert months_of(shop) == [month_of("2026-12", shop)]
        since, until = bounds_of(months_of(shop)[-1])
    assert (since.astimezone(UTC), until - since) == (datetime(2026, 11, 30, 16, tzinfo=UTC), timedelta(days=31))
