"""Closing an account in the very moment in which something else binds its person: one comes first, and the other knows.

Invariant: nothing open is ever left to a closed account, and nobody waits in a circle.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import service as queues
from civic.services import service as services
from common import ids
from common.account import service
from common.account.errors import StillOpen
from common.account.schemas import Address
from common.actor import Actor, Role
from common.db import hot, unit_of_work
from common.errors import Conflict
from common.identity import queries as identity
from common.identity import service as people
from common.notifications import service as notifications
from marvec.chat import service as chat
from marvec.listings.models import Listing
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest, SaveSearch
from marvec.offers import service as offers
from marvec.offers.schemas import Terms
from marvec.orders.service import Delivery, place_orders
from marvec.storefronts import service as storefronts
from marvec.storefronts.schemas import OpenStorefront
from tests.civic.queues import make as counters
from tests.civic.services import make as files
from tests.common.identity import make
from tests.marvec import make as market

pytestmark = pytest.mark.usefixtures("database")
Deed = Callable[[AsyncSession], Awaitable[object]]
OPEN = """
SELECT (SELECT count(*) FROM orders JOIN person p ON p.id IN (buyer_id, seller_id)
        WHERE p.closed_at IS NOT NULL AND state NOT IN ('completed', 'cancelled', 'declined', 'expired'))
     + (SELECT count(*) FROM applications JOIN person p ON p.id = applicant_id
        WHERE p.closed_at IS NOT NULL AND state NOT IN ('issued', 'rejected', 'withdrawn', 'expired', 'draft'))
     + (SELECT count(*) FROM applications JOIN person p ON p.id = applicant_id WHERE p.closed_at IS NOT NULL AND state = 'draft')
     + (SELECT count(*) FROM offers JOIN person p ON p.id IN (buyer_id, seller_id) WHERE p.closed_at IS NOT NULL AND state = 'open')
     + (SELECT count(*) FROM requests JOIN person p ON p.id = buyer_id WHERE p.closed_at IS NOT NULL AND state = 'open')
     + (SELECT count(*) FROM standing_queries JOIN person p ON p.id = person_id WHERE p.closed_at IS NOT NULL AND is_open)
     + (SELECT count(*) FROM queue_tickets JOIN person p ON p.id = person_id
        WHERE p.closed_at IS NOT NULL AND state IN ('waiting', 'called', 'serving', 'skipped'))
     + (SELECT count(*) FROM storefronts JOIN person p ON p.id = owner_id WHERE p.closed_at IS NOT NULL AND state = 'open')
     + (SELECT count(*) FROM person_session JOIN person p ON p.id = person_id WHERE p.closed_at IS NOT NULL AND revoked_at IS NULL)
     + (SELECT count(*) FROM saved_addresses JOIN person p ON p.id = person_id WHERE p.closed_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Moment:
    """Who leaves, and the deed of the same moment that binds her."""

    leaving: Actor
    deed: Deed


async def buying() -> Moment:
    buyer = await market.member("Pembeli")
    return Moment(buyer, _buys(buyer, await market.goods(await market.member("Penjual"))))


async def being_bought_from() -> Moment:
    seller = await market.member("Penjual")
    return Moment(seller, _buys(await market.member("Pembeli"), await market.goods(seller)))


async def accepting() -> Moment:
    buyer, _seller, offer_id = await _offer()
    return Moment(buyer, lambda session: offers.accept(session, buyer, offer_id))


async def having_ones_offer_accepted() -> Moment:
    buyer, seller, offer_id = await _offer()
    return Moment(seller, lambda session: offers.accept(session, buyer, offer_id))


async def offering() -> Moment:
    buyer, _seller, terms, talk_id = await _talk()
    return Moment(buyer, lambda session: offers.make_offer(session, buyer, talk_id, terms))


async def asking_the_city() -> Moment:
    buyer = await market.member()
    wanted = PostRequest.model_validate({"what": "20 porsi songkolo", "kelurahan_code": market.KELURAHAN})
    return Moment(buyer, lambda session: matching.post_request(session, buyer, wanted))


async def saving_a_search() -> Moment:
    buyer = await market.member()
    wanted = SaveSearch.model_validate({"what": "songkolo", "kelurahan_code": market.KELURAHAN})
    return Moment(buyer, lambda session: matching.save_search(session, buyer, wanted))


async def taking_a_number() -> Moment:
    await counters.counters()
    citizen = await counters.a_citizen()
    return Moment(citizen, lambda session: queues.take_number(session, citizen, counters.GENERAL))


async def beginning_a_form() -> Moment:
    citizen = await files.a_citizen()
    return Moment(citizen, lambda session: services.start(session, citizen, "akta-kelahiran"))


async def handing_in() -> Moment:
    citizen = await files.a_citizen()
    draft = await files.a_draft(citizen)
    return Moment(citizen, lambda session: services.submit(session, citizen, draft.id))


async def opening_a_shop() -> Moment:
    owner = await market.member()
    data = OpenStorefront(name="Warung Baru", kelurahan_code=market.KELURAHAN)
    return Moment(owner, lambda session: storefronts.open_storefront(session, owner, data))


async def opening_a_shop_again() -> Moment:
    owner = await market.member()
    shop = await market.shop(owner)
    async with unit_of_work() as session:
        await storefronts.pause_storefront(session, owner, shop.id)
    return Moment(owner, lambda session: storefronts.resume_storefront(session, owner, shop.id))


async def saving_an_address() -> Moment:
    person = await market.member()
    given = Address(label="Rumah", recipient="Sitti", street="Lorong 3", kelurahan_code=market.KELURAHAN)
    return Moment(person, lambda session: service.keep_address(session, person, given))


async def coming_in() -> Moment:
    person = await market.member()
    return Moment(person, lambda session: people.open_session(session, person.person_id, people.Client()))


async def getting_a_role() -> Moment:
    person = await market.member()
    return Moment(person, lambda session: people.grant(session, None, person.person_id, Role.OFFICER, "DINKES"))


MOMENTS = [
    buying, being_bought_from, accepting, having_ones_offer_accepted, offering, asking_the_city, saving_a_search, taking_a_number,
    beginning_a_form, handing_in, opening_a_shop, opening_a_shop_again, saving_an_address, coming_in, getting_a_role,
]  # fmt: skip
BINDING = [buying, being_bought_from, accepting, having_ones_offer_accepted, handing_in]
ENDING = [one for one in MOMENTS if one not in BINDING]
Scene = Callable[[], Awaitable[Moment]]


@pytest.mark.parametrize("scene", MOMENTS)
async def test_who_comes_while_the_account_is_being_closed_waits_and_is_refused(scene: Scene) -> None:
    moment = await scene()
    async with unit_of_work() as session:
        await service.close_account(session, moment.leaving, make.PASSWORD)
        late = asyncio.create_task(do(moment.deed))
        await somebody_waits()
    (refused,) = await asyncio.gather(late, return_exceptions=True)
    assert why(refused) in ("account_closed", "ck_person_is_open")
    assert await left_open() == 0


@pytest.mark.parametrize("scene", BINDING)
async def test_who_closes_while_something_is_being_agreed_waits_and_stays(scene: Scene) -> None:
    moment = await scene()
    async with unit_of_work() as session:
        await moment.deed(session)
        leaving = asyncio.create_task(close(moment.leaving))
        await somebody_waits()
    with pytest.raises(StillOpen):
        await leaving
    assert await closed() == 0


@pytest.mark.parametrize("scene", ENDING)
async def test_who_closes_while_something_lighter_begins_waits_and_ends_it(scene: Scene) -> None:
    moment = await scene()
    async with unit_of_work() as session:
        await moment.deed(session)
        leaving = asyncio.create_task(close(moment.leaving))
        await somebody_waits()
    await leaving
    assert (await closed(), await left_open()) == (1, 0)


@pytest.mark.parametrize("scene", MOMENTS)
async def test_both_at_once_again_and_again_leave_nothing_open_to_a_closed_account(scene: Scene) -> None:
    for _ in range(5):
        moment = await scene()
        outcomes = await asyncio.gather(close(moment.leaving), do(moment.deed), return_exceptions=True)
        assert len({why(one) for one in outcomes} - {None}) <= 1 and all(why(one) != "?" for one in outcomes), outcomes
        assert await left_open() == 0


async def test_somebody_told_of_something_does_not_wait_for_who_closes_or_the_other_way_round() -> None:
    """A notification names the person, which is no obligation: it must not be able to stand in a circle with a closing."""
    person = await market.member()
    async with unit_of_work() as session:
        await identity.for_update(session, person.person_id)
        async with asyncio.timeout(30):
            await do(lambda other: notifications.notify(other, person.person_id, kind="order.paid", text="Pesanan dibayar."))
        async with hot() as connection:  # it is there while the person is still held
            assert await connection.fetchval("SELECT count(*) FROM notification WHERE person_id = $1", person.person_id) == 1


def why(outcome: object) -> str | None:
    """The code of a refusal, the name of a constraint; None when nothing was refused."""
    if isinstance(outcome, Conflict):
        return outcome.code
    if isinstance(outcome, IntegrityError):
        return str(getattr(getattr(outcome.orig, "__cause__", None), "constraint_name", "?"))
    return "?" if isinstance(outcome, BaseException) else None


async def do(deed: Deed) -> None:
    async with unit_of_work() as session:
        await deed(session)


async def close(actor: Actor) -> None:
    await do(lambda session: service.close_account(session, actor, make.PASSWORD))


async def somebody_waits() -> None:
    """Until a statement waits for a lock that this test holds."""
    async with asyncio.timeout(30), hot() as connection:
        while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)


async def left_open() -> int:
    async with hot() as connection:
        return int(await connection.fetchval(OPEN))


async def closed() -> int:
    async with hot() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM person WHERE closed_at IS NOT NULL"))


def _buys(buyer: Actor, item: Listing) -> Deed:
    return lambda session: place_orders(session, buyer, lines=[market.line(item)], delivery=Delivery(), client_key=ids.secret_token())


async def _offer() -> tuple[Actor, Actor, UUID]:
    """An offer that the seller made and the buyer may accept."""
    buyer, seller, terms, talk_id = await _talk()
    async with unit_of_work() as session:
        return buyer, seller, (await offers.make_offer(session, seller, talk_id, terms)).id


async def _talk() -> tuple[Actor, Actor, Terms, UUID]:
    buyer, seller = await market.member("Pembeli"), await market.member("Penjual")
    item = await market.goods(seller)
    async with unit_of_work() as session:
        pair = {buyer.person_id, seller.person_id}
        talk = await chat.open_conversation(session, kind="listing", subject_id=item.id, people=pair, title=item.title)
    return buyer, seller, Terms(listing_id=item.id, quantity=2, unit_price=14_000), talk.id
