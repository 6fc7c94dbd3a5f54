"""A dispute: the two speak, may agree, then an operator decides, then time does; every end is told and on record."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common import clock
from common.actor import Actor
from common.db import as_owner, hot, unit_of_work
from common.files.schemas import Upload
from common.states import NotFromHere
from marvec.chat import service as chat
from marvec.orders import queries, service
from marvec.orders.errors import (
    ChangedMeanwhile,
    NoDispute,
    NotYourMove,
    OrderFrozen,
    PartOutOfRange,
    ReasonNeeded,
    SaidEnough,
    StillBetweenTheTwo,
    TooManyPictures,
)
from marvec.orders.machine import DISPUTES_1, Complaint, DisputeState, OrderState
from marvec.orders.models import OrderDispute
from marvec.orders.schemas import Decide, OpenDispute, Outcome, Say
from tests.common.files import make as pictures
from tests.common.payments.make import differences, pots
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
JUST_BEFORE, JUST_AFTER = timedelta(days=3, minutes=-1), timedelta(days=3, minutes=1)


async def dispute(order_id: UUID) -> OrderDispute:
    async with unit_of_work() as session:
        found = await queries.dispute_of(session, order_id)
        assert found is not None
        return found


async def say(actor: Actor, order_id: UUID, words: str = "Begini ceritanya.", **more: object) -> None:
    async with unit_of_work() as session:
        await service.say(session, actor, order_id, Say.model_validate({"words": words, **more}))


async def ask_operator(actor: Actor, order_id: UUID) -> None:
    async with unit_of_work() as session:
        await service.ask_operator(session, actor, order_id)


async def agree(actor: Actor, order_id: UUID, offered: int) -> None:
    async with unit_of_work() as session:
        await service.agree(session, actor, order_id, offered)


async def decide(deal: make.Deal, outcome: Outcome, *, refund: int = 0, reason: str = "Sesuai foto.", seen: str = "review.2.0.0") -> None:
    async with unit_of_work() as session:
        wanted = Decide(outcome=outcome, refund=refund, reason=reason, seen=seen)
        await service.decide(session, deal.operator, deal.order_id, wanted)


async def told(person: Actor) -> list[str]:
    """What a person was told of orders since the dispute began, as it reads."""
    async with hot() as connection:
        rows = await connection.fetch("SELECT text, params FROM notification WHERE person_id = $1 ORDER BY seq", person.person_id)
    return [row["text"] % row["params"] for row in rows]


async def test_a_silent_seller_loses_after_three_days_and_both_hear_why(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    begun = await dispute(deal.order_id)
    assert (begun.state, begun.answer_by) == (DisputeState.OPEN, begun.opened_at + timedelta(days=3))
    await run_jobs(ahead=JUST_BEFORE, failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED
    await run_jobs(ahead=JUST_AFTER, failing=True)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded, order.moved_by) == (OrderState.CANCELLED, 30_000, None)
    assert order.moved_because == "Penjual tidak menjawab dalam 3 hari, jadi semua uang kembali ke pembeli."
    assert (await dispute(deal.order_id)).state is DisputeState.LAPSED
    ended = f"Masalah pesanan {order.reference} selesai: Rp30.000 kembali ke pembeli."
    assert [ended in await told(person) for person in (deal.buyer, deal.seller)] == [True, True]
    assert await differences() == []


async def test_an_answer_keeps_the_money_held_and_brings_an_operator_after_three_days(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    await say(deal.seller, deal.order_id)
    await run_jobs(ahead=JUST_AFTER, failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED
    assert (await dispute(deal.order_id)).state is DisputeState.REVIEW


async def test_an_operator_who_does_not_decide_in_ten_days_is_overtaken_by_the_default(run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    await run_jobs(ahead=timedelta(days=9, hours=23), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED
    await run_jobs(ahead=timedelta(days=10, minutes=1), failing=True)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded, order.moved_by) == (OrderState.CANCELLED, 30_000, None)
    assert (await dispute(deal.order_id)).state is DisputeState.LAPSED
    assert order.moved_because == "Tidak ada putusan sampai batas waktu, jadi semua uang kembali ke pembeli."


async def test_an_operator_does_not_decide_before_the_two_have_had_their_days(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    with pytest.raises(StillBetweenTheTwo):
        await decide(deal, Outcome.BUYER, seen="open.1.0.0")
    with pytest.raises(StillBetweenTheTwo):
        await make.move(deal.operator, deal.order_id, OrderState.CANCELLED, because="Saya buru-buru.")
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED


async def test_a_decision_is_bound_to_what_the_operator_has_read(run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    await say(deal.seller, deal.order_id, "Ini bukti serah terima.")
    with pytest.raises(ChangedMeanwhile):
        await decide(deal, Outcome.BUYER, seen="review.2.0.0")
    assert (await make.order(deal.order_id)).refunded == 0
    await decide(deal, Outcome.SELLER, seen="review.3.0.0")
    ended = await dispute(deal.order_id)
    assert (ended.state, ended.moved_because) == (DisputeState.DECIDED, "Sesuai foto.")


@pytest.mark.parametrize("refund", [0, 30_000, 30_001])
async def test_a_split_leaves_something_to_each(refund: int, run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    with pytest.raises(PartOutOfRange):
        await decide(deal, Outcome.PART, refund=refund)
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED


async def test_an_operator_splits_the_money_in_rupiah_and_the_trail_knows(run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    await decide(deal, Outcome.PART, refund=29_999)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded) == (OrderState.COMPLETED, 29_999)
    assert await differences() == []
    async with hot() as connection:
        row = await connection.fetchrow("SELECT action, details FROM audit_entries WHERE subject_id = $1", str(deal.order_id))
    assert (row["action"], row["details"]["refund"]) == ("order.completed", 29_999)


async def test_nobody_but_an_operator_decides(run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    for person in (deal.buyer, deal.seller):
        with pytest.raises(NotYourMove):
            async with unit_of_work() as session:
                wanted = Decide(outcome=Outcome.BUYER, reason="Uang saya.", seen="review.2.0.0")
                await service.decide(session, person, deal.order_id, wanted)


async def test_ten_decisions_at_once_are_one(run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    outcomes = [Outcome.BUYER, Outcome.SELLER] * 5
    done = await asyncio.gather(*(decide(deal, outcome) for outcome in outcomes), return_exceptions=True)
    assert sum(one is None for one in done) == 1
    assert {type(one) for one in done if one is not None} <= {NoDispute, NotFromHere}
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded) in ((OrderState.CANCELLED, 30_000), (OrderState.COMPLETED, 0))
    assert await differences() == []


async def test_the_buyer_takes_the_sellers_offer_and_each_has_its_part(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    await say(deal.seller, deal.order_id, offer=12_000)
    with pytest.raises(ChangedMeanwhile):
        await agree(deal.buyer, deal.order_id, 13_000)
    with pytest.raises(NotYourMove):
        await agree(deal.seller, deal.order_id, 12_000)
    await asyncio.gather(*(agree(deal.buyer, deal.order_id, 12_000) for _ in range(5)), return_exceptions=True)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded) == (OrderState.COMPLETED, 12_000)
    assert (await dispute(deal.order_id)).state is DisputeState.SETTLED
    assert (await pots())["commission:platform"] == 450
    assert await differences() == []


async def test_an_offer_is_a_part(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    with pytest.raises(PartOutOfRange):
        await say(deal.seller, deal.order_id, offer=30_000)
    assert (await dispute(deal.order_id)).state is DisputeState.OPEN


async def test_the_buyer_withdraws_the_complaint_and_the_seller_is_paid(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    assert (await make.order(deal.order_id)).refunded == 0
    assert (await dispute(deal.order_id)).state is DisputeState.SETTLED
    assert (await pots())["commission:platform"] == 750


async def test_the_seller_gives_all_back_before_anybody_decides(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    await make.move(deal.seller, deal.order_id, OrderState.CANCELLED)
    assert ((await make.order(deal.order_id)).refunded, (await dispute(deal.order_id)).state) == (30_000, DisputeState.SETTLED)


async def test_an_operator_is_asked_only_after_the_seller_has_spoken(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    with pytest.raises(NotFromHere):
        await ask_operator(deal.buyer, deal.order_id)


async def test_a_complaint_a_refusal_and_a_decision_say_why(run_jobs: RunJobs) -> None:
    shipped = await make.deal_in(OrderState.SHIPPED, run_jobs)
    paid = await make.deal_in(OrderState.PAID, run_jobs)
    decided = await make.deal_to_decide(run_jobs)
    refused = (
        (shipped.buyer, shipped.order_id, OrderState.DISPUTED),
        (paid.seller, paid.order_id, OrderState.DECLINED),
        (decided.operator, decided.order_id, OrderState.CANCELLED),
    )
    for actor, order_id, new in refused:
        before = (await make.order(order_id)).state
        with pytest.raises(ReasonNeeded) as error:
            await make.move(actor, order_id, new, because="  ")
        assert error.value.fields == {"note": "Tulis dulu alasannya. Pihak lain akan membacanya."}
        assert (await make.order(order_id)).state is before


async def test_each_side_has_ten_statements(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    for number in range(9):
        await say(deal.buyer, deal.order_id, f"Nomor {number}")
    with pytest.raises(SaidEnough):
        await say(deal.buyer, deal.order_id, "Satu lagi")
    await say(deal.seller, deal.order_id)


async def test_too_many_pictures_leave_no_complaint_behind(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    with pytest.raises(TooManyPictures):
        async with unit_of_work() as session:
            wanted = OpenDispute(reason=Complaint.DAMAGED, words="Rusak.")
            await service.open_dispute(session, deal.buyer, deal.order_id, wanted, [Upload("a.jpg")] * 6)
    assert (await make.order(deal.order_id)).state is OrderState.SHIPPED


async def test_a_complaint_with_a_picture_is_seen_by_the_two_and_operators_alone(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    reference = (await make.order(deal.order_id)).reference
    here = f"/pesanan/{reference}/masalah"
    async with client_as(app, deal.buyer) as buyer:
        first = await buyer.get(here)
        assert "semua uang kembali kepada Anda" in first.text and "10 hari" in first.text
        picture = {"pictures": ("rusak.jpg", pictures.a_photo(), "image/jpeg")}
        sent = await submit(buyer, here, here, {"reason": "damaged", "words": "Dua bungkus pecah."}, files=picture)
        assert (sent.status_code, sent.headers["location"]) == (303, here), sent.text
        shown = (await buyer.get(here)).text
    async with hot() as connection:
        file_id = await connection.fetchval("SELECT file_id FROM order_dispute_pictures")
    assert f"/berkas/{file_id}" in shown and "Barang rusak" in shown
    looks = {"seller": deal.seller, "operator": deal.operator, "stranger": make.person("Orang lain")}
    status = {}
    for name, actor in looks.items():
        async with client_as(app, actor) as client:
            status[name] = (await client.get(f"/berkas/{file_id}")).status_code
    assert status == {"seller": 200, "operator": 200, "stranger": 404}


async def test_the_operator_reads_the_talk_of_the_two_and_that_is_on_record(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    async with unit_of_work() as session:
        people = {deal.buyer.person_id, deal.seller.person_id}
        talk = await chat.open_conversation(session, kind="listing", subject_id=deal.listing_id, people=people, title="Songkolo")
        other = {deal.buyer.person_id, make.person().person_id}
        apart = await chat.open_conversation(session, kind="listing", subject_id=deal.listing_id, people=other, title="Lain")
    async with unit_of_work() as session:
        await chat.post(session, deal.buyer.person_id, talk.id, client_id="a", text="Barangnya pecah, Pak.")
        await chat.post(session, deal.buyer.person_id, apart.id, client_id="b", text="Rahasia dengan orang lain.")
    order = await make.order(deal.order_id)
    async with client_as(app, deal.operator) as operator:
        page = (await operator.get(f"/operator/sengketa/{order.reference}")).text
    assert "Barangnya pecah, Pak." in page
    assert "Rahasia dengan orang lain." not in page
    async with hot() as connection:
        entry = await connection.fetchrow("SELECT actor_id, subject_id, details FROM audit_entries WHERE action = 'chat.read_for_dispute'")
    assert (entry["actor_id"], entry["subject_id"], entry["details"]) == (deal.operator.person_id, str(deal.order_id), {"messages": 1})


async def test_over_the_api_a_dispute_is_told_answered_and_decided(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    here = f"/api/v1/orders/{deal.order_id}"
    async with client_as(app, deal.buyer) as client:
        opened = (await client.post(f"{here}/dispute", json={"reason": "incomplete", "words": "Kurang satu."})).json()
        assert (opened["state"], opened["dispute"]["state"], opened["dispute"]["seen"]) == ("disputed", "open", "open.1.0.0")
    async with client_as(app, deal.seller) as client:
        await client.post(f"{here}/dispute/statements", json={"words": "Sudah lengkap.", "offer": 5_000})
        asked = (await client.post(f"{here}/dispute/review")).json()
        assert (asked["dispute"]["state"], asked["dispute"]["offered"]) == ("review", 5_000)
    async with client_as(app, deal.operator) as client:
        empty = {"outcome": "part", "refund": 7_000, "reason": " ", "seen": asked["dispute"]["seen"]}
        assert (await client.post(f"{here}/dispute/decision", json=empty)).status_code == 422
        decided = (await client.post(f"{here}/dispute/decision", json={**empty, "reason": "Kurang satu bungkus."})).json()
    assert (decided["state"], decided["refunded"], decided["dispute"]["state"]) == ("completed", 7_000, "decided")


async def test_the_database_lets_no_order_be_in_dispute_without_an_open_complaint(run_jobs: RunJobs) -> None:
    shipped, disputed = await make.deal_in(OrderState.SHIPPED, run_jobs), await make.deal_in(OrderState.DISPUTED, run_jobs)
    wrong = (
        ("UPDATE orders SET state = 'disputed' WHERE id = :id", shipped.order_id),
        ("UPDATE orders SET state = 'completed' WHERE id = :id", disputed.order_id),
        ("UPDATE order_disputes SET state = 'settled' WHERE order_id = :id", disputed.order_id),
    )
    for statement, order_id in wrong:
        with pytest.raises(DBAPIError, match="and its complaint say different things"):
            async with unit_of_work() as session:
                await session.execute(text(statement), {"id": order_id})
    async with as_owner() as connection:
        with pytest.raises(Exception, match="never changed"):
            await connection.execute("UPDATE order_dispute_statements SET words = 'lain'")


async def test_the_migrated_machine_of_disputes_is_the_table() -> None:
    async with hot() as connection:
        rows = await connection.fetch("SELECT from_state, to_state FROM state_moves WHERE machine = 'disputes/1' AND from_state <> ''")
    assert {tuple(row) for row in rows} == {(old, new) for old, news in DISPUTES_1.items() for new in news}


async def test_the_default_comes_even_when_the_end_of_answering_was_lost(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    await say(deal.seller, deal.order_id)
    async with hot() as connection:
        await connection.execute("UPDATE outbox SET dead_at = now() WHERE job = 'orders.answer_time_out'")
    await run_jobs(ahead=timedelta(days=10, minutes=1), failing=True)
    order, ended = await make.order(deal.order_id), await dispute(deal.order_id)
    assert (order.state, order.refunded, ended.state) == (OrderState.CANCELLED, 30_000, DisputeState.LAPSED)


async def test_an_order_that_began_on_the_first_machine_waits_for_an_operator_as_it_began(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    async with hot() as connection:
        await connection.execute("UPDATE orders SET machine = 'orders/1' WHERE id = $1", deal.order_id)
    await make.pay(deal.intent_id)
    await run_jobs()
    for actor, new in ((deal.seller, OrderState.ACCEPTED), (deal.seller, OrderState.SHIPPED), (deal.buyer, OrderState.DISPUTED)):
        await make.move(actor, deal.order_id, new, because="Rusak.")
    begun = await dispute(deal.order_id)
    assert (begun.state, begun.answer_by, begun.decide_by) == (DisputeState.REVIEW, None, None)
    await run_jobs(ahead=timedelta(days=60), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED
    await decide(deal, Outcome.SELLER, seen="review.1.0.0")
    assert (await make.order(deal.order_id)).state is OrderState.COMPLETED


async def test_answer_and_end_of_answering_at_the_same_moment_end_in_one_of_two_worlds(run_jobs: RunJobs) -> None:
    for _ in range(4):
        deal = await make.deal_in(OrderState.DISPUTED, run_jobs)

        async def end(deal: make.Deal = deal) -> None:
            async with unit_of_work() as session:
                await service.end_of_answering(session, deal.order_id)

        with clock.frozen(clock.now() + JUST_AFTER):
            await asyncio.gather(say(deal.seller, deal.order_id), end(), return_exceptions=True)
        order, ended = await make.order(deal.order_id), await dispute(deal.order_id)
        assert (order.state, ended.state) in (
            (OrderState.CANCELLED, DisputeState.LAPSED),
            (OrderState.DISPUTED, DisputeState.ANSWERED),
            (OrderState.DISPUTED, DisputeState.REVIEW),
        )


async def test_a_bank_that_looks_at_the_payment_stops_the_clock_of_a_complaint(run_jobs: RunJobs) -> None:
    """Nothing goes back twice: neither by silence, nor by the seller, nor by an agreement."""
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    await say(deal.seller, deal.order_id, offer=5_000)
    before = await dispute(deal.order_id)
    async with unit_of_work() as session:
        order = await queries.order_for_update(session, deal.order_id)
        order.frozen_at = clock.now()
    for attempt in (agree(deal.buyer, deal.order_id, 5_000), make.move(deal.seller, deal.order_id, OrderState.CANCELLED)):
        with pytest.raises(OrderFrozen):
            await attempt
    with pytest.raises(OrderFrozen):
        async with unit_of_work() as session:
            await service.refund_part(session, deal.seller, deal.order_id, amount=1, reason="Kurang.", client_key="tombol-beku")
    await run_jobs(ahead=timedelta(days=11), failing=True)
    assert ((await make.order(deal.order_id)).state, (await make.order(deal.order_id)).refunded) == (OrderState.DISPUTED, 0)
    with clock.frozen(clock.now() + timedelta(days=11)):
        async with unit_of_work() as session:
            await service.follow_bank(session, deal.group_id)
    after = await dispute(deal.order_id)
    assert before.answer_by and after.answer_by and after.decide_by
    assert timedelta(days=10, hours=23) < after.answer_by - before.answer_by < timedelta(days=11, hours=1)
    assert after.decide_by - after.answer_by == timedelta(days=7)
    await run_jobs(ahead=timedelta(days=14, hours=1), failing=True)
    assert (await dispute(deal.order_id)).state is DisputeState.REVIEW
    await run_jobs(ahead=timedelta(days=21, hours=1), failing=True)
    assert (await make.order(deal.order_id)).refunded == 30_000
    assert await differences() == []
