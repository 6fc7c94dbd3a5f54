"""The gate follows the good that is stored, not the words of the title; what nobody may sell is not shown by any door."""

from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids
from common.credentials import service as credentials
from common.db import unit_of_work
from marvec.listings import jobs, queries, service
from marvec.listings.errors import CredentialNeeded, GoodUnclear, MaybeProhibited, Prohibited
from marvec.listings.models import Listing, ListingState
from marvec.listings.schemas import EditListing
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest
from tests.marvec import make
from tests.marvec.acting import client_as, person, submit
from tests.marvec.listings.make import draft, on_sale
from tests.marvec.listings.test_goods import OFFICER
from tests.marvec.storefronts.make import shop

CAKE = {"title": "Kue ulang tahun", "category": "kue", "good": "Kue ulang tahun"}


def edited(listing: Listing, **given: object) -> EditListing:
    kept = listing.model_dump(include={"title", "category", "unit", "price", "version"})
    return EditListing.model_validate(kept | given)


async def test_a_gated_good_misspelt_under_a_free_category_is_gated(session: AsyncSession) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller), title="Bageaa kenari rumahan", category="kue")
    assert (listing.good, listing.needs_credential) == ("Bagea", "spp-irt")
    with pytest.raises(CredentialNeeded) as refused:
        await service.publish_listing(session, seller, listing.id)
    assert refused.value.help == "/izin-jualan/spp-irt"


async def test_without_a_known_good_the_category_decides(session: AsyncSession) -> None:
    seller = person()
    mine = await shop(session, seller)
    snack = await draft(session, seller, mine, title="Camilan spesial Mama Ina", category="camilan")
    assert (snack.good, snack.needs_credential) == (None, "spp-irt")
    free = await draft(session, seller, mine, title="Dange pulut", category="camilan")
    assert (free.good, free.needs_credential) == ("Dange", None)
    elsewhere = await draft(session, seller, mine, title="Enak sekali", category="camilan", good="Ketupat")
    assert elsewhere.needs_credential == "spp-irt"  # a free good of another category is no way around the rule


async def test_a_title_against_the_chosen_good_asks_and_an_operator_may_clear_it(session: AsyncSession) -> None:
    seller, operator = await make.member("Penjual"), make.operator()
    listing = await draft(session, seller, await shop(session, seller), title="Bagea mainan kayu", category="kerajinan", good="-")
    with pytest.raises(GoodUnclear):
        await service.publish_listing(session, seller, listing.id)
    await service.clear_listing(session, operator, listing.id)
    assert (await service.publish_listing(session, seller, listing.id)).state is ListingState.PUBLISHED
    await service.edit_listing(session, seller, listing.id, edited(listing, price=20_000))
    assert await queries.is_visible(session, listing.id)
    with pytest.raises(GoodUnclear):  # other words are judged anew
        await service.edit_listing(session, seller, listing.id, edited(listing, description="Kenari asli, renyah", title=listing.title))


async def test_a_new_title_brings_its_own_good(session: AsyncSession) -> None:
    seller = person()
    listing = await on_sale(session, seller, await shop(session, seller), **CAKE)
    await service.edit_listing(session, seller, listing.id, edited(listing, title="Bagea kenari", good=CAKE["good"]))
    assert (listing.good, listing.needs_credential) == ("Bagea", "spp-irt")
    assert not await queries.is_visible(session, listing.id)
    await credentials.issue(
        session, OFFICER, kind="spp-irt", title="SPP-IRT", holder_id=seller.person_id, subject={"nama": "Ramlah"}, office="DINKES",
        application_id=ids.uuid7(), valid_until=clock.today() + timedelta(days=1),
    )  # fmt: skip
    assert await queries.is_visible(session, listing.id)


@pytest.mark.parametrize("title", ["Sabu murah", "Pistol rakitan", "KTP palsu", "s 4 b u kristal"])
async def test_drugs_weapons_and_false_papers_are_not_shown(session: AsyncSession, title: str) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller), title=title, category="kerajinan")
    with pytest.raises(Prohibited, match="tidak boleh dijual"):
        await service.publish_listing(session, seller, listing.id)


async def test_what_is_shown_does_not_become_prohibited_by_an_edit(database: None) -> None:
    seller = await make.member("Penjual")
    listing = await make.goods(seller)
    with pytest.raises(Prohibited):
        async with unit_of_work() as session:
            await service.edit_listing(session, seller, listing.id, edited(listing, title="Ganja kering"))
    async with unit_of_work() as session:
        assert (await queries.by_id(session, listing.id)).title == listing.title


async def test_a_likely_slip_is_worded_as_a_guess_and_nothing_innocent_is_held_up(session: AsyncSession) -> None:
    seller = person()
    mine = await shop(session, seller)
    doubtful = await draft(session, seller, mine, title="Heroim", category="kerajinan")
    with pytest.raises(MaybeProhibited, match="mirip"):
        await service.publish_listing(session, seller, doubtful.id)
    for title in ("Sabun batang", "Sabuk kulit", "Pistol air", "Kartu ucapan", "Tenun Sabu"):
        await on_sale(session, seller, mine, title=title, category="kerajinan")


async def test_nobody_asks_the_city_for_what_nobody_may_sell(database: None) -> None:
    buyer = await make.member("Pembeli")
    with pytest.raises(Prohibited):
        async with unit_of_work() as session:
            await matching.post_request(session, buyer, PostRequest(what="cari s4bu 1 gram", kelurahan_code=make.KELURAHAN))
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM requests")) == 0


async def test_goods_from_before_the_rules_are_judged_by_a_job_that_may_run_twice(database: None) -> None:
    seller = await make.member("Penjual")
    cake, drug, snack = [await make.goods(seller, title=title) for title in ("Pisang ijo", "Gula halus", "Panada")]
    async with unit_of_work() as session:
        old = "UPDATE listings SET good = NULL, needs_credential = NULL, title = :title WHERE id = :id"
        for listing, title in ((cake, "Pisang ijo"), (drug, "Sabu murah"), (snack, "Bageaa kenari")):
            await session.execute(text(old), {"id": listing.id, "title": title})
    for _ in range(2):
        async with unit_of_work() as session:
            await jobs.judge_anew(session)
    assert await _now(cake.id) == ("Pisang ijo", None, "published", False)
    assert await _now(snack.id) == ("Bagea", "spp-irt", "published", False)
    assert await _now(drug.id) == (None, None, "paused", True)
    async with unit_of_work() as session:
        told = await session.scalars(text("SELECT text FROM notification WHERE person_id = :id"), {"id": seller.person_id})
        assert sorted(told) == sorted([jobs.HIDDEN, jobs.NEEDS_PERMIT])
        assert not await queries.is_visible(session, snack.id)


async def test_the_refusal_leads_to_a_page_that_exists(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        mine = await shop(session, seller)
    new = f"/toko-saya/{mine.slug}/barang/baru"
    async with client_as(app, seller) as client:
        given = {"title": "Keripik pisang", "category": "camilan", "price": "12000", "unit": "bungkus", "stock": "3", "publish": "1"}
        saved = await submit(client, new, new, given)
        assert saved.status_code == 303
        editor = (await client.get(saved.headers["location"])).text
        assert "perlu izin SPP-IRT" in editor
        assert 'href="/izin-jualan/spp-irt"' in editor
        told = await client.get("/izin-jualan/spp-irt")
        assert (told.status_code, "Mal Pelayanan Publik" in told.text, "Keripik pisang" in told.text) == (200, True, True)
        assert (await client.get("/izin-jualan/tidak-ada")).status_code == 404
        listing_id = saved.headers["location"].rsplit("/", 1)[1]
        refused = await client.post(f"/api/v1/listings/{listing_id}/publish", headers={"Accept": "application/json"})
        assert refused.status_code in (403, 409)


async def _now(listing_id: UUID) -> tuple[str | None, str | None, str, bool]:
    async with unit_of_work() as session:
        listing = await queries.by_id(session, listing_id)
        return listing.good, listing.needs_credential, listing.state, listing.held_because is not None
