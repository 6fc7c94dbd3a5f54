"""A seller describes a thing, shows it, hides it; what may not be shown is not for sale in the same commit."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids
from common.actor import Actor, Grant, Role
from common.credentials import service as credentials
from common.states import NotFromHere
from marvec.listings import goods, queries, service
from marvec.listings.errors import CredentialNeeded, ListingChanged, NoSuchListing, TooManyPictures
from marvec.listings.models import Listing
from marvec.listings.schemas import CreateListing, EditListing
from marvec.storefronts import service as storefronts
from marvec.storefronts.errors import NotYourStorefront
from tests.marvec.acting import person
from tests.marvec.listings.make import SONGKOLO, draft, on_sale
from tests.marvec.storefronts.make import shop

OFFICER = Actor(ids.uuid7(), "Petugas", assurance=2, grants=frozenset({Grant(Role.OFFICER, "DINKES")}))


async def test_a_draft_is_for_its_seller_only_until_it_is_published(session: AsyncSession) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller))
    assert await queries.for_sale(session, [listing.id]) == []
    with pytest.raises(NoSuchListing):
        await queries.visible_by_id(session, listing.id)
    await service.publish_listing(session, seller, listing.id)
    [for_sale] = await queries.for_sale(session, [listing.id])
    assert (for_sale.title, for_sale.price, for_sale.unit, for_sale.seller_id) == ("Songkolo bagadang", 12_000, "bungkus", seller.person_id)
    assert for_sale.picture_id is None


async def test_a_published_thing_cannot_be_published_again_nor_become_a_draft(session: AsyncSession) -> None:
    seller = person()
    listing = await on_sale(session, seller, await shop(session, seller))
    with pytest.raises(NotFromHere):
        await service.publish_listing(session, seller, listing.id)
    with pytest.raises(IntegrityError, match="knows no move"):
        await session.execute(text("UPDATE listings SET state = 'draft', published_at = NULL WHERE id = :id"), {"id": listing.id})
    await session.rollback()


async def test_pausing_a_thing_or_its_shop_takes_it_off_sale(session: AsyncSession) -> None:
    seller = person()
    opened = await shop(session, seller)
    paused, other = await on_sale(session, seller, opened), await on_sale(session, seller, opened)
    await service.pause_listing(session, seller, paused.id)
    assert [found.listing_id for found in await queries.for_sale(session, [paused.id, other.id])] == [other.id]
    await storefronts.pause_storefront(session, seller, opened.id)
    assert await queries.for_sale(session, [paused.id, other.id]) == []
    assert await queries.cards_of(session, opened.id, 9) == []


async def test_of_two_edits_of_one_version_the_later_is_refused(session: AsyncSession) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller))
    edit = EditListing.model_validate({**SONGKOLO, "price": "Rp15.000", "version": 1})
    edited = await service.edit_listing(session, seller, listing.id, edit)
    assert (edited.price, edited.version) == (15_000, 2)
    with pytest.raises(ListingChanged):
        await service.edit_listing(session, seller, listing.id, edit)


async def test_nobody_else_touches_a_seller_s_goods(session: AsyncSession) -> None:
    seller, stranger = person(), person()
    opened = await shop(session, seller)
    listing = await draft(session, seller, opened)
    with pytest.raises(NotYourStorefront):
        await draft(session, stranger, opened)
    with pytest.raises(NotYourStorefront):
        await service.publish_listing(session, stranger, listing.id)
    with pytest.raises(NotYourStorefront):
        await service.restock(session, stranger, listing.id, free=1)
    with pytest.raises(NotYourStorefront):
        await service.add_picture(session, stranger, listing.id, ids.uuid7())


@pytest.mark.parametrize(
    "broken",
    [{"price": -1}, {"price": "25.5"}, {"category": "senjata"}, {"unit": ""}, {"title": "ab"}, {"stock": -1}, {"lead_minutes": -5}],
)
def test_nonsense_is_refused_at_the_door(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CreateListing.model_validate({"storefront_id": ids.uuid7(), **SONGKOLO, **broken})


async def test_the_database_refuses_a_negative_price(session: AsyncSession) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller))
    with pytest.raises(IntegrityError, match="price_not_negative"):
        await session.execute(text("UPDATE listings SET price = -1 WHERE id = :id"), {"id": listing.id})
    await session.rollback()


async def test_pictures_hang_in_the_seller_s_order_and_are_eight_at_most(session: AsyncSession) -> None:
    seller = person()
    listing = await on_sale(session, seller, await shop(session, seller))
    files = [ids.uuid7() for _ in range(8)]
    for file_id in files:
        await service.add_picture(session, seller, listing.id, file_id)
    with pytest.raises(TooManyPictures):
        await service.add_picture(session, seller, listing.id, ids.uuid7())
    await service.reorder_pictures(session, seller, listing.id, files[::-1])
    await service.remove_picture(session, seller, listing.id, files[-1])
    assert await queries.pictures_of(session, listing.id) == files[-2::-1]
    [for_sale] = await queries.for_sale(session, [listing.id])
    assert for_sale.picture_id == files[-2]
    with pytest.raises(ListingChanged):
        await service.reorder_pictures(session, seller, listing.id, files)


def test_every_category_has_a_rule_and_every_good_a_category() -> None:
    assert {good.category for good in goods.all_goods()} <= goods.CATEGORY_NAMES.keys()
    assert goods.rules() == {"camilan": "spp-irt", "kopi": "spp-irt", "rempah": "spp-irt", "katering": "slhs"}
    assert len(goods.all_goods()) == 178


async def test_a_thing_that_needs_a_permit_follows_the_permit_in_the_same_commit(session: AsyncSession) -> None:
    seller = person()
    name = next(good.name for good in goods.all_goods() if "spp-irt" in good.regulated)
    listing = await draft(session, seller, await shop(session, seller), title=name)
    with pytest.raises(CredentialNeeded):
        await service.publish_listing(session, seller, listing.id)
    permit = await credentials.issue(
        session, OFFICER, kind="spp-irt", title="SPP-IRT", holder_id=seller.person_id, subject={"nama": "Ramlah"}, office="DINKES",
        application_id=ids.uuid7(), valid_until=clock.today() + timedelta(days=1),
    )  # fmt: skip
    await service.publish_listing(session, seller, listing.id)
    assert await _shown(session, listing)
    await credentials.suspend(session, OFFICER, permit.id, "dapur diperiksa")
    assert not await _shown(session, listing)
    await credentials.resume(session, OFFICER, permit.id, "dapur bersih")
    assert await _shown(session, listing)
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert not await _shown(session, listing)


async def _shown(session: AsyncSession, listing: Listing) -> bool:
    return await queries.for_sale(session, [listing.id]) != []


async def test_beside_a_thing_stands_the_same_of_other_sellers_first_and_never_the_seller_s_own(session: AsyncSession) -> None:
    seller, rival, third = person(), person(), person()
    mine = await shop(session, seller, name="Toko satu")
    looked_at = await on_sale(session, seller, mine, title="Songkolo bagadang")
    again = await on_sale(session, seller, await shop(session, seller, name="Toko dua"), title="Songkolo bagadang")
    other = await on_sale(session, third, await shop(session, third, name="Toko tiga"), title="Ketupat")
    theirs = await shop(session, rival, name="Toko empat")
    same = [await on_sale(session, rival, theirs, title=title) for title in ("Songkolo begadang enak", "Songkolo bagadang pedas")]
    found = [card.id for card in await queries.similar_to(session, looked_at)]
    assert found == [same[1].id, same[0].id, other.id]
    assert again.id not in found
    assert looked_at.id not in found
