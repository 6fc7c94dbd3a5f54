"""What ends with an account by itself: what was asked, offered, reserved or begun, and binds nobody yet."""

import pytest
from sqlalchemy import text

from civic.services import answers
from civic.services import service as services
from common.account import service
from common.actor import Actor
from common.db import unit_of_work
from marvec.chat import service as chat
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest, SaveSearch
from marvec.offers import service as offers
from marvec.offers.schemas import Terms
from tests.civic.queues import make as counters
from tests.civic.services import make as files
from tests.common.identity import make
from tests.conftest import RunJobs
from tests.marvec import make as market

pytestmark = pytest.mark.usefixtures("database")


async def close(actor: Actor) -> None:
    async with unit_of_work() as session:
        await service.close_account(session, actor, make.PASSWORD)


async def rows(sql: str) -> list[tuple[object, ...]]:
    async with unit_of_work() as session:
        return [tuple(row) for row in await session.execute(text(sql))]


async def test_nobody_is_told_any_more_of_what_somebody_who_left_was_looking_for(run_jobs: RunJobs) -> None:
    buyer, seller = await market.member("Pembeli"), await market.member("Penjual")
    wanted = {"what": "songkolo", "kelurahan_code": market.KELURAHAN}
    async with unit_of_work() as session:
        await matching.post_request(session, buyer, PostRequest.model_validate(wanted))
        await matching.save_search(session, buyer, SaveSearch.model_validate(wanted))
        await matching.state_criteria(session, buyer, SaveSearch.model_validate(wanted))
    await run_jobs()
    await close(buyer)
    await market.goods(seller, title="Songkolo bagadang")
    await run_jobs()
    assert await rows("SELECT state, moved_by FROM requests") == [("closed", buyer.person_id)]
    assert await rows("SELECT count(*) FROM standing_queries WHERE is_open") == [(0,)]
    assert await rows("SELECT count(*) FROM matches") == [(0,)]


async def test_the_number_goes_back_and_its_place_to_somebody_else() -> None:
    await counters.counters(capacity=2)
    leaving, staying, coming = [await counters.a_citizen() for _ in range(3)]
    with counters.at("08:10"):
        given_up = await counters.take(leaving)
        await counters.take(staying)
        await close(leaving)
        assert (await counters.take(coming)).number == 3
    assert (await counters.fresh(given_up.id)).state == "cancelled"
    assert await rows("SELECT given, taken FROM queue_days") == [(3, 2)]


async def test_somebody_who_leaves_from_the_desk_has_been_served() -> None:
    await counters.counters()
    leaving, officer = await counters.a_citizen(), counters.an_officer()
    with counters.at("08:10"):
        ticket = await counters.take(leaving)
        await counters.call(officer)
        await counters.serve(officer, ticket.id)
        await close(leaving)
    assert (await counters.fresh(ticket.id)).state == "served"
    assert await rows("SELECT given, taken FROM queue_days") == [(1, 1)]


async def test_offers_that_nobody_has_answered_are_withdrawn_or_declined_and_the_other_side_hears_of_it() -> None:
    buyer, seller = await market.member("Pembeli"), await market.member("Penjual")
    item = await market.goods(seller)
    async with unit_of_work() as session:
        pair = {buyer.person_id, seller.person_id}
        talk = await chat.open_conversation(session, kind="listing", subject_id=item.id, people=pair, title=item.title)
        terms = Terms(listing_id=item.id, quantity=2, unit_price=14_000)
        for author in (buyer, seller):
            await offers.make_offer(session, author, talk.id, terms)
    await close(buyer)
    assert await rows("SELECT author_id, state FROM offers ORDER BY id") == [(buyer.person_id, "withdrawn"), (seller.person_id, "declined")]
    told = await rows(f"SELECT kind FROM notification WHERE person_id = '{seller.person_id}' ORDER BY seq")
    assert [kind for (kind,) in told][-2:] == ["offer.withdrawn", "offer.declined"]


async def test_a_draft_takes_its_answers_its_papers_and_its_appointment_along() -> None:
    citizen = await files.a_citizen()
    async with unit_of_work() as session:
        await services.open_slots(session)
    draft = await files.a_draft(citizen, "ktp-el")
    ((slot_id,), *_others) = await rows("SELECT id FROM slots WHERE service = 'ktp-el' ORDER BY starts_at DESC")
    async with unit_of_work() as session:
        await services.book_slot(session, citizen, draft.id, slot_id)  # type: ignore[arg-type]  # a row's column
    await close(citizen)
    ((state, sealed),) = await rows("SELECT state, answers FROM applications")
    assert (state, answers.unseal(draft.id, sealed)) == ("withdrawn", {})  # type: ignore[arg-type]  # a row's column
    assert await rows("SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM application_documents)") == [(0, 0)]
    assert await rows("SELECT (SELECT count(*) FROM slot_bookings), (SELECT sum(booked) FROM slots)") == [(0, 0)]


async def test_what_an_office_has_seen_stays_in_its_archive() -> None:
    citizen = await files.a_citizen()
    application_id = await files.handed_in(citizen)
    async with unit_of_work() as session:
        await services.withdraw(session, citizen, application_id)
    await close(citizen)
    ((sealed,),) = await rows("SELECT answers FROM applications")
    assert answers.unseal(application_id, sealed)["nama_ibu"] == "Sitti Rahmah"  # type: ignore[arg-type]  # a row's column
