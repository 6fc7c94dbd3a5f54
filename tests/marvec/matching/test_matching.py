"""Requests and goods meet, both ways, once, for a reason."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from common import clock, ids, regions
from common.actor import Actor
from common.db import hot, unit_of_work
from marvec.matching import policy, queries, service
from marvec.matching.answers import answers
from marvec.matching.errors import NothingWanted, NotYours
from marvec.matching.models import Match, RequestState, StandingKind, StandingQuery
from marvec.matching.schemas import CompareBy, MatchOut, PostRequest, SaveSearch
from marvec.offers import service as offers
from marvec.offers.schemas import Terms
from marvec.search.canonical import terms_held, terms_wanted
from tests.marvec import make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
SENTENCE = "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp 400.000"
FAR = next(place.code for place in regions.all_kelurahan() if place.kecamatan == "Biringkanaya")


async def ask(buyer: Actor, what: str = SENTENCE, **more: object) -> UUID:
    async with unit_of_work() as session:
        wanted = PostRequest.model_validate({"what": what, "kelurahan_code": make.KELURAHAN, **more})
        return (await service.post_request(session, buyer, wanted)).id


async def matches() -> list[Match]:
    async with unit_of_work() as session:
        return list(await session.scalars(select(Match).order_by(col(Match.id))))


async def inbox_of(actor: Actor) -> list[str]:
    async with hot() as connection:
        rows = await connection.fetch(
            "SELECT data->>'text' AS text FROM live_publications WHERE channel = $1 ORDER BY 1", f"person:{actor.person_id}"
        )
    return [row["text"] for row in rows if row["text"]]


async def test_a_sentence_becomes_a_request(run_jobs: RunJobs) -> None:
    buyer = await make.member()
    request_id = await ask(buyer)
    async with unit_of_work() as session:
        request = await queries.by_id(session, request_id)
        query = await queries.standing_by_id(session, request_id)
    assert (request.what, request.quantity, request.unit, request.budget) == ("songkolo", 20, "porsi", 400_000)
    assert request.needed_at is not None
    assert (request.needed_at.astimezone(clock.WITA).date() - clock.today()).days == 1
    assert (query.terms, query.anchor, query.price_max) == (["songkolo"], "songkolo", 20_000)


async def test_a_new_request_tells_the_sellers_whose_goods_answer_it_with_a_reason(run_jobs: RunJobs) -> None:
    seller, dear, far = await make.member("Penjual"), await make.member("Mahal"), await make.member("Jauh")
    await make.goods(seller, title="Songkolo bagadang", price=15_000)
    await make.goods(dear, title="Songkolo istimewa", price=25_000)
    await make.goods(far, title="Songkolo", price=15_000, at=FAR)
    await make.goods(await make.member("Lain"), title="Coto Makassar", price=15_000)
    await run_jobs()
    await ask(await make.member("Pembeli"), radius_km=5)
    await run_jobs()
    assert await inbox_of(seller) == ["Ada yang mencari songkolo. Anda menjual Songkolo bagadang, 50 m, mulai Rp15.000/porsi."]
    assert (await inbox_of(dear), await inbox_of(far)) == ([], [])
    (match,) = await matches()
    assert MatchOut.of(match).reason == "Anda menjual Songkolo bagadang, 50 m, mulai Rp15.000/porsi"


async def test_a_new_listing_tells_the_buyer_whose_request_it_answers_and_its_page(run_jobs: RunJobs) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    request_id = await ask(buyer)
    await run_jobs()
    await make.goods(seller, price=15_000)
    await run_jobs()
    assert await inbox_of(buyer) == ["Ada yang menjual Songkolo bagadang, 50 m, mulai Rp15.000/porsi, untuk permintaan ta’: songkolo."]
    assert len(await inbox_of(seller)) == 1
    async with hot() as connection:
        news = await connection.fetch('SELECT data FROM live_publications WHERE channel = $1 ORDER BY "offset"', f"request:{request_id}")
    nobody, shown = (row["data"] for row in news)
    assert nobody == {"type": "told", "sellers": 0}
    assert (shown["type"], shown["title"], shown["price"]) == ("match", "Songkolo bagadang", 15_000)


async def test_each_pair_is_told_once_however_often_the_listing_changes(run_jobs: RunJobs) -> None:
    buyer, seller = await make.member(), await make.member("Penjual")
    await ask(buyer)
    item = await make.goods(seller)
    await run_jobs()
    for _ in range(3):
        async with unit_of_work() as session:
            await service.find_for_listing(session, item.id)
    assert (len(await matches()), len(await inbox_of(seller))) == (1, 1)


async def test_a_saved_search_hears_of_new_goods_by_any_of_their_names(run_jobs: RunJobs) -> None:
    buyer = await make.member()
    await make.goods(await make.member("Lama"), title="Pisang ijo")
    await run_jobs()
    async with unit_of_work() as session:
        wanted = SaveSearch(what="es pisang hijau", kelurahan_code=make.KELURAHAN, price_max=20_000)
        saved = await service.save_search(session, buyer, wanted)
    await run_jobs()
    assert await inbox_of(buyer) == []
    await make.goods(await make.member("Baru"), title="Pisang idjo segar")
    await run_jobs()
    assert saved.terms == ["pisang ijo"]
    assert [text.split(":")[0] for text in await inbox_of(buyer)] == ["Barang baru untuk pencarian ta’ (es pisang hijau)"]


async def test_a_seller_without_goods_hears_by_criteria(run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    async with unit_of_work() as session:
        await service.state_criteria(session, seller, SaveSearch(what="songkolo", kelurahan_code=make.KELURAHAN))
    await ask(await make.member())
    await run_jobs()
    assert len(await inbox_of(seller)) == 1
    assert [match.kind for match in await matches()] == [StandingKind.CRITERIA]


async def test_a_closed_request_is_told_to_nobody(run_jobs: RunJobs) -> None:
    buyer, seller = await make.member(), await make.member("Penjual")
    request_id = await ask(buyer)
    async with unit_of_work() as session:
        await service.close_request(session, buyer, request_id)
    await make.goods(seller)
    await run_jobs()
    assert (await matches(), await inbox_of(seller)) == ([], [])


async def test_only_the_buyer_closes_and_a_request_ends_by_time(run_jobs: RunJobs) -> None:
    request_id = await ask(await make.member(), days=1)
    with pytest.raises(NotYours):
        async with unit_of_work() as session:
            await service.close_request(session, make.person(), request_id)
    await run_jobs(ahead=policy.end_of_life(1) - clock.now())
    async with unit_of_work() as session:
        request, query = await queries.by_id(session, request_id), await queries.standing_by_id(session, request_id)
    assert (request.state, query.is_open) == (RequestState.EXPIRED, False)


async def test_from_the_match_to_the_talk_to_the_accepted_offer_that_ends_the_request(run_jobs: RunJobs) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    item = await make.goods(seller, stock=30)
    await run_jobs()
    request_id = await ask(buyer)
    await run_jobs()
    (match,) = await matches()
    async with unit_of_work() as session:
        talk = await service.open_conversation(session, seller, match.id)
        offer = await offers.make_offer(session, seller, talk.id, Terms(listing_id=item.id, quantity=20, unit_price=15_000))
    await run_jobs()
    async with unit_of_work() as session:
        await offers.accept(session, buyer, offer.id)
    await run_jobs()
    async with unit_of_work() as session:
        assert (await queries.by_id(session, request_id)).state is RequestState.MATCHED
    async with hot() as connection:
        told = await connection.fetch('SELECT data FROM live_publications WHERE channel = $1 ORDER BY "offset"', f"request:{request_id}")
    assert [(row["data"]["type"], row["data"].get("state")) for row in told] == [
        ("match", None),
        ("offer", "open"),
        ("offer", "accepted"),
        ("moved", "matched"),
    ]


async def test_who_also_answered_hears_that_it_is_over_and_who_was_taken_does_not(run_jobs: RunJobs) -> None:
    buyer, taken, other = await make.member("Pembeli"), await make.member("Penjual"), await make.member("Penjual lain")
    items = [await make.goods(seller, stock=30) for seller in (taken, other)]
    await run_jobs()
    await ask(buyer)
    await run_jobs()
    found = {match.seller_id: match for match in await matches()}
    made = []
    for seller, item in zip((taken, other), items, strict=True):
        async with unit_of_work() as session:
            talk = await service.open_conversation(session, seller, found[seller.person_id].id)
            made.append(await offers.make_offer(session, seller, talk.id, Terms(listing_id=item.id, quantity=20, unit_price=15_000)))
    async with unit_of_work() as session:
        await offers.accept(session, buyer, made[0].id)
    await run_jobs()
    over = "songkolo: pembelinya sudah dapat dari penjual lain."
    assert over in await inbox_of(other)
    assert over not in await inbox_of(taken) + await inbox_of(buyer)


async def test_an_occasion_and_describing_words_hold_nobody_back_and_the_fullest_fit_comes_first(run_jobs: RunJobs) -> None:
    plain, full, other = await make.member("Biasa"), await make.member("Lengkap"), await make.member("Lain")
    await make.goods(plain, title="Songkolo bagadang", price=10_000)
    await make.goods(full, title="Songkolo hitam pedas", price=20_000)
    await make.goods(other, title="Ketupat hitam")
    await run_jobs()
    buyer = await make.member("Pembeli")
    request_id = await ask(buyer, what="songkolo hitam untuk arisan")
    await run_jobs()
    assert [len(await inbox_of(seller)) for seller in (plain, full, other)] == [1, 1, 0]
    assert "Ada yang mencari songkolo hitam untuk arisan." in (await inbox_of(plain))[0]
    async with unit_of_work() as session:
        request = await queries.by_id(session, request_id)
        compared = await service.compare(session, buyer, request_id, CompareBy.PRICE)
        assert await service.told_of(session, request) == 2
    assert [(row.title, row.missing) for row in compared] == [("Songkolo hitam pedas", []), ("Songkolo bagadang", ["hitam"])]


async def test_nobody_told_is_said_and_so_is_that_the_asking_goes_on(run_jobs: RunJobs) -> None:
    request_id = await ask(await make.member(), what="songkolo untuk arisan")
    async with unit_of_work() as session:
        assert await service.told_of(session, await queries.by_id(session, request_id)) is None
    await run_jobs()
    async with unit_of_work() as session:
        assert await service.told_of(session, await queries.by_id(session, request_id)) == 0


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        ("songkolo paling banyak 50rb", ("songkolo", 1, "", 50_000, 50_000)),
        ("5 songkok", ("songkok", 5, "", None, None)),
        ("5 songkok, paling banyak 50rb", ("songkok", 5, "", 250_000, 50_000)),
        ("selusin jalangkote untuk arisan maks 60rb", ("jalangkote untuk arisan", 12, "biji", 60_000, 5_000)),
        ("setengah kilo udang di bawah 40 ribu", ("udang", 1, "0,5 kg", 40_000, 80_000)),
    ],
)
async def test_quantity_and_price_of_a_sentence_are_kept(what: str, kept: tuple[str, int, str, int | None, int | None]) -> None:
    request_id = await ask(await make.member(), what=what)
    async with unit_of_work() as session:
        request, query = await queries.by_id(session, request_id), await queries.standing_by_id(session, request_id)
    assert (request.what, request.quantity, request.unit, request.budget, query.price_max) == kept


async def test_the_buyer_is_not_told_that_the_buyer_sells(run_jobs: RunJobs) -> None:
    await make.goods(await make.member("Penjual"))
    await run_jobs()
    await ask(await make.member())
    await run_jobs()
    (match,) = await matches()
    assert MatchOut.of(match).reason.startswith("Anda menjual Songkolo bagadang")
    assert MatchOut.of(match, for_buyer=True).reason == "Dijual: Songkolo bagadang, 50 m, mulai Rp15.000/porsi"


async def test_a_request_for_nothing_is_refused() -> None:
    with pytest.raises(NothingWanted):
        await ask(await make.member(), what="20 30")


WORDS = ["songkolo", "coto", "pisang ijo", "es pisang hijau", "bolu", "kue lapis", "barongko", "baju bodo", "ayam", "nasi kuning"]
PLACES = regions.all_kelurahan()
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
asked = st.tuples(titles, st.sampled_from(PLACES), st.floats(0.5, 12), st.none() | st.integers(5_000, 30_000))
offered = st.tuples(titles, st.sampled_from(PLACES), st.integers(5_000, 30_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(asked, min_size=1, max_size=25), st.lists(offered, min_size=1, max_size=5))
async def test_the_inverted_question_finds_what_brute_force_finds(questions: list[Any], goods: list[Any]) -> None:
    async with unit_of_work() as session:
        written = []
        for what, place, radius, price_max in questions:
            terms = terms_wanted(what)
            written.append(
                StandingQuery(
                    kind=StandingKind.SEARCH,
                    person_id=ids.uuid7(),
                    what=what,
                    terms=terms,
                    anchor=await queries.emptiest_anchor(session, terms),
                    price_max=price_max,
                    lat=place.lat,
                    lon=place.lon,
                    radius_km=radius,
                )
            )
            session.add(written[-1])
            await session.flush()
        for title, place, price in goods:
            held = {"terms": terms_held(title), "price": price, "lat": place.lat, "lon": place.lon, "person_id": ids.uuid7()}
            found = await queries.queries_answered_by(session, [StandingKind.SEARCH], **held)
            mine = {row[0].id for row in found} & {query.id for query in written}
            assert mine == {query.id for query in written if answers(query, **held)}
