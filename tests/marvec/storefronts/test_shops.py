"""A seller opens her shop, changes it, closes it for a while; an operator may suspend it."""

import asyncio

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import regions
from common.actor import Role
from common.db import unit_of_work
from common.errors import Forbidden
from common.states import NotFromHere
from marvec.storefronts import policy, queries, service
from marvec.storefronts.errors import NotYourStorefront, StorefrontChanged
from marvec.storefronts.models import StorefrontState
from marvec.storefronts.schemas import EditStorefront, OpenStorefront
from tests.marvec.acting import person
from tests.marvec.storefronts.make import BONTORANNU, shop


async def test_a_new_shop_is_open_and_stands_in_the_middle_of_its_kelurahan(session: AsyncSession) -> None:
    seller = person()
    opened = await shop(session, seller, name="Songkolo Dg. Té’ne")
    assert (opened.slug, opened.state, opened.lat, opened.lon) == ("songkolo-dg-tene", "open", -5.1622, 119.4043)
    assert await queries.by_slug(session, "songkolo-dg-tene") == opened


async def test_two_shops_of_one_name_opened_at_once_get_two_slugs(database: None) -> None:
    async def open_one() -> str:
        async with unit_of_work() as session:
            return (await shop(session, person(), name="Baru")).slug

    slugs = await asyncio.gather(*(open_one() for _ in range(6)))
    assert {"toko-baru", "toko-baru-2", "toko-baru-3", "toko-baru-4", "toko-baru-5"} < set(slugs)
    assert len(set(slugs)) == 6


async def test_one_person_may_own_several_shops(session: AsyncSession) -> None:
    seller = person()
    first, second = await shop(session, seller, name="Kue Ramlah"), await shop(session, seller, name="Ikan Ramlah")
    assert await queries.owned_by(session, seller.person_id) == [first, second]


@pytest.mark.parametrize(
    "place",
    [{"kelurahan_code": "73.71.99.9999"}, {"lat": -5.1}, {"lat": -6.2, "lon": 106.8}, {"lat": float("nan"), "lon": 119.4}],
    ids=["no such kelurahan", "half a position", "Jakarta", "no number"],
)
def test_a_shop_cannot_stand_outside_the_city(place: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OpenStorefront.model_validate({"name": "Dapur", "kelurahan_code": BONTORANNU} | place)


async def test_of_two_edits_of_one_version_the_later_is_refused(session: AsyncSession) -> None:
    seller = person()
    opened = await shop(session, seller)
    edit = EditStorefront(name="Dapur Ramlah Baru", kelurahan_code="73.71.10.1001", version=1)
    edited = await service.edit_storefront(session, seller, opened.id, edit)
    assert (edited.name, edited.slug, edited.version) == ("Dapur Ramlah Baru", "dapur-ramlah", 2)
    with pytest.raises(StorefrontChanged):
        await service.edit_storefront(session, seller, opened.id, edit)


async def test_nobody_else_edits_or_pauses_a_shop(session: AsyncSession) -> None:
    opened = await shop(session, person())
    for stranger in (person(), person("Operator", Role.OPERATOR)):
        with pytest.raises(NotYourStorefront):
            await service.pause_storefront(session, stranger, opened.id)
    assert opened.state == StorefrontState.OPEN


async def test_a_suspension_is_lifted_by_an_operator_only(session: AsyncSession) -> None:
    seller, operator = person(), person("Operator", Role.OPERATOR)
    opened = await shop(session, seller)
    with pytest.raises(Forbidden):
        await service.suspend_storefront(session, seller, opened.id, "saya sendiri")
    await service.suspend_storefront(session, operator, opened.id, "barang palsu")
    assert not policy.may_see(None, opened)
    assert policy.may_see(seller, opened)
    with pytest.raises(Forbidden):
        await service.resume_storefront(session, seller, opened.id)
    await service.reinstate_storefront(session, operator, opened.id, "sudah diperbaiki")
    history = await session.execute(
        text("SELECT from_state, to_state, moved_because FROM state_history WHERE subject_id = :id ORDER BY seq"), {"id": opened.id}
    )
    assert [tuple(row) for row in history] == [
        (None, "open", ""), ("open", "suspended", "barang palsu"), ("suspended", "open", "sudah diperbaiki"),
    ]  # fmt: skip


async def test_an_open_shop_cannot_be_opened_again(session: AsyncSession) -> None:
    seller = person()
    opened = await shop(session, seller)
    with pytest.raises(NotFromHere):
        await service.resume_storefront(session, seller, opened.id)


def test_a_shop_can_open_in_every_kelurahan_the_farthest_island_too() -> None:
    for place in regions.all_kelurahan():
        assert OpenStorefront(name="Dapur", kelurahan_code=place.code).point == (place.lat, place.lon)
