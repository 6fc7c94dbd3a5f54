"""The demonstration city, told from its first account to its last chapter: a small one, with everything that the large one has."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from civic.services.models import State
from common import clock
from common.db import hot, unit_of_work
from common.payments import queries as payments
from common.payments.service import ledger_check
from marvec.matching.models import RequestState
from marvec.offers.models import OfferState
from marvec.orders.machine import OrderState
from marvec.seed import bulk, city, desk, people, pictures, shelves, shops, trade, ways, work
from marvec.seed.chapters import chapters
from marvec.seed.moments import History
from tests.marvec.seed.asking import GOODS_EACH, ORDERS, SHOPS, make_small

NOW = datetime(2026, 12, 3, 4, 0, tzinfo=UTC)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch.setattr)


async def count(sql: str) -> int:
    async with hot() as connection:
        return int(await connection.fetchval(sql))


async def last_errors() -> list[str]:
    async with hot() as connection:
        return [
            row["last_error"] for row in await connection.fetch("SELECT last_error FROM outbox WHERE done_at IS NULL AND last_error <> ''")
        ]


async def states_of(table: str) -> set[str]:
    async with hot() as connection:
        return {row["state"] for row in await connection.fetch(f"SELECT DISTINCT state FROM {table}")}


async def check_reviews() -> None:
    """Most completed orders were reviewed, none before it was written, and the ratings are what the reviews amount to."""
    completed = await count("SELECT count(*) FROM orders WHERE state = 'completed' AND offer_id IS NULL")
    assert completed // 2 < await count("SELECT count(DISTINCT order_id) FROM reviews") <= completed
    assert await count("SELECT count(*) FROM reviews WHERE shown_at < written_at") == 0
    wrong = """
        SELECT count(*) FROM storefront_ratings r WHERE (reviews, stars) <> (
            SELECT count(*), coalesce(sum(v.stars), 0) FROM reviews v
            WHERE v.storefront_id = r.storefront_id AND v.side = 'buyer' AND v.shown_at IS NOT NULL)"""
    assert await count(wrong) == 0
    assert await count("SELECT count(*) FROM storefront_ratings WHERE reviews > 0") > 0


@pytest.mark.timeout(400)
async def test_a_city_has_everything_in_every_state_and_its_ledger_is_true(client: httpx.AsyncClient, small: None) -> None:
    said: list[str] = []
    assert await city.seed_if_empty(said.append)
    assert said[:2] == ["9 accounts", "8 shops with 24 goods"]
    await work.work_off(said.append)
    assert said[-1] == "the city is complete", await last_errors()
    assert not await city.seed_if_empty(said.append)

    assert await states_of("moderation_cases") == {"open", "dismissed"}
    assert await count("SELECT count(*) FROM saved_addresses") == 3
    assert await count("SELECT count(*) FROM storefronts") == SHOPS
    assert await count("SELECT count(*) FROM listings WHERE state = 'published'") == SHOPS * GOODS_EACH
    assert await count("SELECT count(*) FROM search_documents WHERE picture_id IS NOT NULL") == SHOPS * GOODS_EACH
    assert await count("SELECT count(*) FROM orders WHERE offer_id IS NULL") == ORDERS
    assert await states_of("orders") == set(OrderState)
    await check_reviews()
    assert await states_of("offers") == set(OfferState)
    assert await states_of("requests") == set(RequestState)
    assert await states_of("applications") == set(State) - {State.APPROVED}  # nothing rests there
    assert await count("SELECT count(*) FROM state_history WHERE machine = 'application/1' AND to_state = 'approved'") >= 3
    assert await states_of("queue_tickets") >= {"waiting", "called", "served"}
    mother = "(SELECT id FROM person WHERE email = 'ibu@marvec.example')"
    assert await count(f"SELECT count(*) FROM queue_tickets WHERE state = 'waiting' AND person_id = {mother}") == 1
    await ledger_is_true()
    await nothing_is_left_to_ask_for()
    assert "Kue Daeng Ngai" in (await client.get("/toko/kue-daeng-ngai")).text


async def ledger_is_true() -> None:
    async with unit_of_work() as session:
        assert await ledger_check(session) == []
        balances = await payments.balances(session)
    assert sum(balances.values()) == 0
    assert {kind for _, (kind, _) in balances} >= {"held", "commission", "transferred"}


async def nothing_is_left_to_ask_for() -> None:
    """No refund or transfer of the history waits for a provider that has never heard of it."""
    assert await count("SELECT count(*) FROM payment_refunds WHERE state <> 'succeeded'") == 0
    assert await count("SELECT count(*) FROM payment_transfers WHERE state <> 'sent'") == 0
    assert await count("SELECT count(*) FROM orders WHERE moved_at > now() + interval '1 minute'") == 0


async def test_very_many_listings_are_what_their_triggers_would_have_made_of_them(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city, "CORE_SHOPS", 2)
    said: list[str] = []
    await city.seed_if_empty(said.append)
    indexes = await count("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'")
    await bulk.copy_listings(2_000, said.append)
    assert await count("SELECT count(*) FROM listings") == await count("SELECT count(*) FROM listing_stock") == 2_006
    what = "SELECT listing_id, title, price, shop_slug, published_at, place::text, tsv FROM"
    assert await count(f"SELECT count(*) FROM ({what} search_documents EXCEPT {what} search_source) s") == 0
    assert await count("SELECT count(*) FROM search_documents") == 2_006
    pairs = "SELECT l.id FROM listings l JOIN state_history h ON h.subject_id = l.id GROUP BY l.id HAVING count(*) = 2"
    assert await count(f"SELECT count(*) FROM ({pairs}) t") == 2_006
    assert await count("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'") == indexes
    assert await count("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'") == 0
    await city.empty(said.append)
    assert await count("SELECT count(*) FROM person") == 0
    assert await city.seed_if_empty(said.append)
    assert await count("SELECT count(*) FROM listings") == 6
    assert await count("SELECT count(*) FROM search_vocabulary") > 6


async def test_a_city_that_is_founded_in_the_last_minute_of_a_day_has_its_queue(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city, "CORE_SHOPS", 2)
    with clock.frozen(datetime(2026, 12, 3, 23, 59, 40, tzinfo=clock.WITA)):
        assert await city.seed_if_empty(lambda _: None)
    assert await count("SELECT count(*) FROM queue_tickets WHERE day = '2026-12-03'") == 2


def test_the_large_city_by_the_numbers() -> None:
    history = History(NOW)
    plans = trade.plans(history)
    assert (len(people.shops()), len({shop.name for shop in people.shops()}), people.SHOPS * shops.GOODS_EACH) == (60, 60, 600)
    assert all(len({item.title for item in shelves.shelf(shop, 10)}) == 10 for shop in people.shops())
    assert len(plans) == 180
    assert {plan.way.end for plan in plans} == set(OrderState)
    assert {plan.way.end for plan in plans if plan.buyer == "pembeli"} >= {one.end for one in ways.OPEN}
    assert {end for _, end, _ in desk.SPREAD} == set(State) - {State.APPROVED}
    assert len(chapters(history)) == 60 + 4 + 30 + 2 * 18 + 39 + 3 + 2
    assert NOW - plans[0].placed_at > timedelta(days=70)
    ends = [plan.placed_at + timedelta(hours=plan.way.moves[-1].hours) for plan in plans if plan.way.moves]
    assert max(ends) <= NOW


def test_the_same_history_is_told_the_same_way() -> None:
    assert trade.plans(History(NOW)) == trade.plans(History(NOW))
    assert desk.cases() == desk.cases()
    assert pictures.draw("Barongko", "kue", shop="Ngai") == pictures.draw("Barongko", "kue", shop="Ngai")
    assert pictures.draw("Barongko", "kue", shop="Ngai") != pictures.draw("Barongko", "kue", shop="Ina")
    assert 5_000 < len(pictures.draw("Barongko", "kue")) < 60_000
    with clock.frozen(NOW):
        assert re.fullmatch(r"Usaha rumahan di .+\. Toko contoh: orang dan usahanya rekaan\.", shops._about(people.shops()[3]))
