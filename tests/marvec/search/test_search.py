"""Goods are found by their names and other names, by price, place and distance; what may not be shown is not found."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import clock
from common.actor import Actor
from common.db import hot, unit_of_work
from marvec.listings import service as listings
from marvec.search import queries, service
from marvec.search.schemas import SearchQuery
from marvec.storefronts import service as storefronts
from tests.marvec.listings.make import on_sale
from tests.marvec.search.make import market


async def titles(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    answer = await client.get("/api/v1/search", params=asked)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_a_thing_is_found_by_its_local_its_foreign_and_its_misspelt_name(client: httpx.AsyncClient) -> None:
    await market()
    assert await titles(client, q="songkolo") == ["Songkolo bagadang"]
    assert await titles(client, q="COTO") == ["Coto Makassar spesial"]
    assert await titles(client, q="milkfish") == ["Bandeng segar tambak"]
    assert await titles(client, q="jalan kote") == ["Jalangkote isi telur"]
    assert await titles(client, q="lipa' sabbe") == ["Sarung sutra Sengkang"]
    assert set(await titles(client, q="bolu")) == {"Bolu peca loyang", "Bandeng segar tambak"}
    assert await titles(client, q="meja belajar") == []


async def test_words_for_a_place_find_what_is_sold_there(client: httpx.AsyncClient) -> None:
    await market()
    assert set(await titles(client, q="di Panakkukang")) == {"Coto Makassar spesial", "Bolu peca loyang", "Sarung sutra Sengkang"}
    assert await titles(client, q="kue di tello baru") == ["Bolu peca loyang"]
    assert await titles(client, q="songkolo mariso") == ["Songkolo bagadang"]


async def test_filters_hold_and_their_ends_are_included(client: httpx.AsyncClient) -> None:
    await market()
    assert await titles(client, min=12_000, max=28_000, sort="cheapest") == ["Songkolo bagadang", "Coto Makassar spesial"]
    assert await titles(client, category="kue", sort="cheapest") == ["Jalangkote isi telur", "Bolu peca loyang"]
    assert await titles(client, q="kue", kelurahan="73.71.01.1001") == ["Jalangkote isi telur"]
    assert await titles(client, kecamatan="mariso", category="makanan") == ["Songkolo bagadang"]
    assert set(await titles(client, near="-5.1622,119.4043", radius_km=1)) == {
        "Songkolo bagadang", "Bandeng segar tambak", "Jalangkote isi telur",
    }  # fmt: skip


async def test_the_nearest_come_first_with_their_distance(client: httpx.AsyncClient) -> None:
    await market()
    found = (await client.get("/api/v1/search", params={"near": "-5.1622,119.4043", "sort": "nearest"})).json()["items"]
    distances = [item["distance_km"] for item in found]
    assert distances == sorted(distances)
    assert (distances[0], found[0]["shop_name"], found[-1]["shop_name"]) == (0.0, "Dapur Ramlah", "Kios Harapan")


@pytest.mark.parametrize("sort", ["relevance", "nearest", "cheapest", "newest"])
@pytest.mark.parametrize("q", ["", "makanan kue"])
async def test_pages_show_everything_once_in_every_order(client: httpx.AsyncClient, sort: str, q: str) -> None:
    made = await market()
    async with unit_of_work() as session:
        for number in range(9):
            await on_sale(
                session, made.seller, made.shops[number % 2], title=f"Kue makanan {number}", category="kue", price=1000 * (number // 3)
            )
    asked: dict[str, Any] = {"q": q, "sort": sort, "near": "-5.16,119.40"}
    whole = await titles(client, **asked, limit=100)
    paged, cursor = [], ""
    while True:
        answer = (
            await client.get("/api/v1/search", params={**asked, "limit": 2, "cursor": cursor or None} if cursor else {**asked, "limit": 2})
        ).json()
        paged += [item["title"] for item in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert len(whole) == (15 if not q else 9)
    assert paged == whole


async def test_a_cursor_of_another_order_is_refused(client: httpx.AsyncClient) -> None:
    await market()
    cursor = (await client.get("/api/v1/search", params={"sort": "cheapest", "limit": 1})).json()["next"]
    refused = await client.get("/api/v1/search", params={"sort": "newest", "cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_cursor")


async def test_hiding_a_thing_or_its_shop_hides_it_in_the_same_commit(client: httpx.AsyncClient) -> None:
    made = await market()
    async with unit_of_work() as session:
        await listings.pause_listing(session, made.seller, made.goods["Songkolo bagadang"].id)
        await storefronts.pause_storefront(session, made.seller, made.shops[1].id)
    assert set(await titles(client)) == {"Bandeng segar tambak", "Jalangkote isi telur"}
    async with unit_of_work() as session:
        await storefronts.resume_storefront(session, made.seller, made.shops[1].id)
    assert len(await titles(client)) == 5


async def test_a_listing_edited_while_its_shop_is_paused_never_stays_found(client: httpx.AsyncClient) -> None:
    """The two at once, many times: whichever comes first, a paused shop has no document."""
    made = await market()
    listing, shop = made.goods["Songkolo bagadang"], made.shops[0]

    async def publish(actor: Actor) -> None:
        async with unit_of_work() as session:
            await listings.publish_listing(session, actor, listing.id)

    async def pause_shop(actor: Actor) -> None:
        async with unit_of_work() as session:
            await storefronts.pause_storefront(session, actor, shop.id)

    for _ in range(10):
        async with unit_of_work() as session:
            await listings.pause_listing(session, made.seller, listing.id)
        await asyncio.gather(publish(made.seller), pause_shop(made.seller))
        assert "Songkolo bagadang" not in await titles(client)
        async with unit_of_work() as session:
            await storefronts.resume_storefront(session, made.seller, shop.id)
        assert "Songkolo bagadang" in await titles(client)


async def test_another_spelling_is_proposed_when_little_is_found(client: httpx.AsyncClient) -> None:
    await market()
    answer = (await client.get("/api/v1/search", params={"q": "sengkeng"})).json()
    assert (answer["items"], answer["did_you_mean"]) == ([], "sengkang")
    assert (await client.get("/api/v1/search", params={"q": "songkolo"})).json()["did_you_mean"] is None


async def test_of_a_common_word_the_newest_months_are_ranked_first(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for four candidates only, those published this year are taken, though the old ones were written first."""
    made = await market()
    for months_ago, count in ((14, 6), (0, 4)):
        with clock.frozen(clock.now() - timedelta(days=30 * months_ago)):
            async with unit_of_work() as session:
                for number in range(count):
                    await on_sale(session, made.seller, made.shops[0], title=f"Zazuzo {months_ago} {number}")
    monkeypatch.setattr(queries, "MOST_CANDIDATES", 4)
    assert {title.split()[1] for title in await titles(client, q="zazuzo")} == {"0"}
    monkeypatch.setattr(queries, "MOST_CANDIDATES", 8)
    assert len(await titles(client, q="zazuzo")) == 8


async def test_answers_are_counted_by_category(client: httpx.AsyncClient) -> None:
    await market()
    answer = (await client.get("/api/v1/search", params={"category": "kue", "facets": "true"})).json()
    assert answer["facets"] == {"makanan": 2, "kue": 2, "ikan": 1, "tenun": 1}


@pytest.mark.parametrize(
    "asked",
    [
        {"category": "senjata"}, {"kelurahan": "1"}, {"kecamatan": "Menteng"}, {"near": "abc"}, {"near": "91,0"}, {"near": "nan,nan"},
        {"radius_km": "5"}, {"near": "-5.1,119.4", "radius_km": "-1"}, {"min": "-1"}, {"max": "murah"}, {"max": "1e400"}, {"sort": "best"},
        {"limit": "0"}, {"limit": "101"}, {"cursor": "x"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_question_that_makes_no_sense_is_told_so(client: httpx.AsyncClient, asked: dict[str, str]) -> None:
    assert (await client.get("/api/v1/search", params=asked)).status_code in (400, 422)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    typed=st.text(max_size=400) | st.sampled_from(["'; DROP TABLE listings; --", "a & | ! b", "\x00", "%", "<->", ":*", "()" * 90, "𝔠𝔬𝔱𝔬"])
)
async def test_any_text_at_all_is_answered(client: httpx.AsyncClient, typed: str) -> None:
    """NUL is no text: it is malformed wherever it stands in an address."""
    assert (await client.get("/api/v1/search", params={"q": typed})).status_code == (422 if "\0" in typed else 200)


async def test_one_query_language_answers_for_a_few_listings_too(database: None) -> None:
    made = await market()
    asked = [listing.id for listing in made.goods.values()]
    async with hot() as connection:
        assert await queries.answering(connection, SearchQuery(text="ikan", max_price=50_000), asked) == {
            made.goods["Bandeng segar tambak"].id
        }
        assert await queries.answering(connection, SearchQuery(text="ikan", max_price=39_999), asked) == set()


@pytest.mark.parametrize(
    "typed", ["songkolo untuk arisan", "5 songkolo", "songkolo paling banyak 50rb", "20 portions of songkolo under 400k"]
)
async def test_a_sentence_finds_what_it_asks_for(client: httpx.AsyncClient, typed: str) -> None:
    await market()
    assert await titles(client, q=typed) == ["Songkolo bagadang"]


async def test_partial_fits_are_found_and_said_to_be_so_the_fullest_first(client: httpx.AsyncClient) -> None:
    made = await market()
    async with unit_of_work() as session:
        await on_sale(session, made.seller, made.shops[1], title="Songkolo hitam pedas", price=15_000)
    answer = (await client.get("/api/v1/search", params={"q": "songkolo hitam gurih enak"})).json()
    assert ([item["title"] for item in answer["items"]], answer["partly"]) == (["Songkolo hitam pedas", "Songkolo bagadang"], True)
    full = (await client.get("/api/v1/search", params={"q": "songkolo"})).json()
    assert full["partly"] is False


async def test_partial_fits_go_on_over_pages(client: httpx.AsyncClient) -> None:
    made = await market()
    async with unit_of_work() as session:
        for number in range(4):
            await on_sale(session, made.seller, made.shops[0], title=f"Songkolo nomor {number}")
    first = (await client.get("/api/v1/search", params={"q": "songkolo ungu", "limit": 3})).json()
    rest = (await client.get("/api/v1/search", params={"q": "songkolo ungu", "limit": 3, "cursor": first["next"]})).json()
    found = [item["title"] for item in [*first["items"], *rest["items"]]]
    assert (len(found), len(set(found)), rest["next"]) == (5, 5, None)


async def test_a_spelling_by_which_nothing_is_sold_is_not_proposed(client: httpx.AsyncClient) -> None:
    made = await market()
    async with unit_of_work() as session:
        await on_sale(session, made.seller, made.shops[0], title="Angkut barang pindahan", category="jasa-rumah", price=200_000)
    await service.count_words()
    assert (await client.get("/api/v1/search", params={"q": "sampah tidak diangkut"})).json()["did_you_mean"] is None
    assert (await client.get("/api/v1/search", params={"q": "pindahann"})).json()["did_you_mean"] == "pindahan"
