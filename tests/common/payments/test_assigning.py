"""Money that only an operator can place is listed, alarms, and is assigned once, with a reason, on record."""

import asyncio
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from common.actor import Actor, Grant, Role
from common.db import hot, unit_of_work
from common.ids import uuid7
from common.payments import queries, service, waiting
from common.payments.errors import AlreadyAssigned, CannotBear, NothingToAssign
from common.payments.facts import DisputeFact, RefundFact
from common.payments.models import Book, DisputeState, Intent, RefundState, Reversal, ReversalState
from common.payments.schemas import Waits
from common.payments.service import Bearer, Decision, Part
from common.payments.service.ledger import rise
from common.payments.service.merging import merge
from tests.common.identity import make as people
from tests.common.payments import make

pytestmark = pytest.mark.usefixtures("database")
OPERATOR = Actor(uuid7(), "Petugas", assurance=3, grants=frozenset({Grant(Role.OPERATOR)}))
WHY = "Dikembalikan lewat dasbor oleh bagian keuangan."


async def held(*shares: tuple[int, int]) -> tuple[Intent, list[Part]]:
    async with unit_of_work() as session:
        intent, parts = await make.held(session, *shares)
        intent.payment_ref = f"pi_{intent.id.hex}"
        return intent, parts


async def by_other_hands(intent: Intent, amount: int, state: RefundState = RefundState.SUCCEEDED) -> None:
    async with unit_of_work() as session:
        assert await merge(session, RefundFact(f"re_{intent.id.hex}", None, f"pi_{intent.id.hex}", amount, state))


async def bank(intent: Intent, state: DisputeState, amount: int) -> None:
    async with unit_of_work() as session:
        assert await merge(session, DisputeFact(f"du_{intent.id.hex}", f"pi_{intent.id.hex}", amount, state))


async def waits() -> list[tuple[Waits, int]]:
    async with unit_of_work() as session:
        return [(one.kind, one.amount) for one in (await waiting.unassigned(session, cursor=None, limit=10)).items]


async def the_one() -> UUID:
    async with unit_of_work() as session:
        (one,) = (await waiting.unassigned(session, cursor=None, limit=10)).items
        return one.id


async def decide(id_: UUID, bearer: Bearer, order_id: UUID | None = None, *, loss: bool = False) -> None:
    async with unit_of_work() as session:
        assign = service.assign_loss if loss else service.assign_refund
        await assign(session, OPERATOR, id_, Decision(bearer, WHY, order_id))


async def test_a_refund_by_other_hands_waits_and_alarms_the_operators() -> None:
    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
    intent, _ = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    await by_other_hands(intent, 10_000)
    assert await waits() == [(Waits.BY_OTHER_HANDS, 10_000)]
    async with hot() as connection:
        told = await connection.fetch("SELECT kind, link FROM notification WHERE person_id = $1", operator.id)
    assert [tuple(row) for row in told] == [("payment.alarm", "/operator/uang")]


async def test_an_order_that_is_held_bears_it_and_less_is_released() -> None:
    intent, (part,) = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    await decide(await the_one(), Bearer.ORDER, part.order_id)
    assert await make.pots() == {"outside:payers": -90_000, f"held:{part.order_id}": 90_000}
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    assert await make.pots() == {
        "outside:payers": -90_000, "commission:platform": 4_500, f"in_transit:{part.storefront_id}": 85_500,
    }  # fmt: skip
    assert (await waits(), await make.differences()) == ([], [])


async def test_an_order_that_was_released_bears_it_with_its_commission_and_the_seller_is_asked() -> None:
    intent, (part,) = await held((100_000, 5_000))
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await by_other_hands(intent, 40_000)
    await decide(await the_one(), Bearer.ORDER, part.order_id)
    assert await make.pots() == {
        "outside:payers": -60_000, "commission:platform": 3_000, f"in_transit:{part.storefront_id}": 95_000,
        f"seller:{part.storefront_id}": -38_000,
    }  # fmt: skip
    async with hot() as connection:
        assert await connection.fetchval("SELECT amount FROM payment_reversals") == 38_000
    assert await make.differences() == []


async def test_what_was_assigned_and_fails_later_goes_back_to_who_bore_it() -> None:
    intent, (part,) = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    await decide(await the_one(), Bearer.ORDER, part.order_id)
    await by_other_hands(intent, 10_000, RefundState.FAILED)
    assert await make.pots() == {"outside:payers": -100_000, f"held:{part.order_id}": 100_000}
    async with unit_of_work() as session:
        assert (await queries.by_id(session, intent.id)).refunded == 0
    assert await make.differences() == []


async def test_the_platform_may_bear_it_as_a_loss() -> None:
    intent, (part,) = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    await decide(await the_one(), Bearer.LOSSES)
    assert await make.pots() == {"outside:payers": -90_000, "losses:platform": -10_000, f"held:{part.order_id}": 100_000}


async def test_ten_decisions_at_once_are_one_and_the_database_keeps_it() -> None:
    intent, (part,) = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    id_ = await the_one()
    done = await asyncio.gather(*(decide(id_, Bearer.ORDER, part.order_id) for _ in range(10)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["AlreadyAssigned"] * 9 + ["NoneType"]
    async with hot() as connection:
        trail = await connection.fetch("SELECT actor_id, details->>'reason' FROM audit_entries WHERE action = 'payments.assign'")
        with pytest.raises(Exception, match="was assigned before"):
            await connection.execute("UPDATE payment_refunds SET assigned_because = 'lain' WHERE id = $1", id_)
    assert [tuple(row) for row in trail] == [(OPERATOR.person_id, WHY)]
    with pytest.raises(AlreadyAssigned):
        await decide(id_, Bearer.LOSSES)


async def test_an_order_of_another_payment_and_a_nonsense_bearer_are_refused_without_trace() -> None:
    intent, _ = await held((100_000, 5_000))
    _, (stranger,) = await held((50_000, 5_000))
    await by_other_hands(intent, 10_000)
    id_ = await the_one()
    before = await make.pots()
    for bearer, order_id in ((Bearer.ORDER, stranger.order_id), (Bearer.ORDER, None), (Bearer.OFFICE, None), (Bearer.AGAIN, None)):
        with pytest.raises(CannotBear):
            await decide(id_, bearer, order_id)
    assert await make.pots() == before
    assert await waits() == [(Waits.BY_OTHER_HANDS, 10_000)]


async def test_a_failed_refund_waits_until_it_is_made_again_or_passed_on() -> None:
    for bearer, pots in ((Bearer.AGAIN, ["refunding"]), (Bearer.SELLER, ["commission", "in_transit"])):
        intent, (part,) = await held((100_000, 5_000))
        async with unit_of_work() as session:
            refund = await service.refund(session, order_id=part.order_id, amount=100_000, reason="batal")
            await merge(session, RefundFact(f"re_{intent.id.hex}", refund.id, f"pi_{intent.id.hex}", 100_000, RefundState.FAILED))
        assert await waits() == [(Waits.FAILED, 100_000)]
        await decide(refund.id, bearer)
        mine = (str(intent.id), str(part.storefront_id), "platform")
        found = [name.partition(":") for name in await make.pots()]
        assert sorted(kind for kind, _, owner in found if owner in mine) == pots
        assert (await waits(), await make.differences()) == ([], [])


async def test_a_loss_beyond_what_is_left_is_borne_by_nobody_until_it_is_decided() -> None:
    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
    intent, (part,) = await held((100_000, 5_000))
    await by_other_hands(intent, 30_000)
    await decide(await the_one(), Bearer.ORDER, part.order_id)
    await bank(intent, DisputeState.WITHDRAWN, 100_000)
    await bank(intent, DisputeState.LOST, 100_000)
    assert await make.pots() == {"outside:payers": 30_000, f"disputed:{intent.id}": -30_000}
    assert await waits() == [(Waits.LOSS, 30_000)]
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM notification WHERE person_id = $1", operator.id) == 2
    await decide(await the_one(), Bearer.LOSSES, loss=True)
    assert await make.pots() == {"outside:payers": 30_000, "losses:platform": -30_000}
    await bank(intent, DisputeState.WON, 100_000)
    assert await make.pots() == {"outside:payers": -70_000, f"held:{part.order_id}": 70_000}
    assert await make.differences() == []


async def test_a_sellers_debt_is_the_citys_only_when_an_operator_says_so() -> None:
    intent, (part,) = await held((100_000, 5_000))
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await bank(intent, DisputeState.WITHDRAWN, 100_000)
    await bank(intent, DisputeState.LOST, 100_000)
    async with unit_of_work() as session:
        (dispute,) = await queries.disputes_of(session, intent.id)
        assert await service.owed_of(session, dispute) == 0  # it is being taken back right now
        reversal = (await queries.reversals_of(session, dispute_id=dispute.id))[0]
        assert isinstance(reversal, Reversal)
        await rise(session, Book.MARKET, reversal, ReversalState.FAILED)
    assert (await make.pots())[f"seller:{part.storefront_id}"] == -95_000
    async with unit_of_work() as session:
        assert await service.owed_of(session, dispute) == 95_000
    await decide(dispute.id, Bearer.LOSSES, loss=True)
    assert await make.pots() == {"losses:platform": -95_000, f"in_transit:{part.storefront_id}": 95_000}
    with pytest.raises(AlreadyAssigned):
        await decide(dispute.id, Bearer.LOSSES, loss=True)
    assert await make.differences() == []


async def test_a_dispute_that_runs_is_nothing_to_assign() -> None:
    intent, _ = await held((100_000, 5_000))
    await bank(intent, DisputeState.WITHDRAWN, 100_000)
    async with unit_of_work() as session:
        (dispute,) = await queries.disputes_of(session, intent.id)
    with pytest.raises(NothingToAssign):
        await decide(dispute.id, Bearer.LOSSES, loss=True)


async def test_the_operator_decides_on_a_page_that_wants_a_reason_and_a_confirmation(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await people.enter(session, client, await people.holder(session, Role.OPERATOR))
    intent, (part,) = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    here = f"/operator/uang/by_other_hands/{await the_one()}"
    assert here in (await client.get("/operator/uang")).text
    shown = await client.get(here)
    assert "Rp10.000" in shown.text
    token = shown.text.split('name="_csrf" value="')[1].split('"')[0]
    form = {"_csrf": token, "bearer": "order", "order_id": str(part.order_id), "reason": WHY}
    assert (await client.post(here, data=form)).status_code == 422
    assert (await client.post(here, data=form | {"confirmed": "true", "reason": ""})).status_code == 422
    assert await waits() == [(Waits.BY_OTHER_HANDS, 10_000)]
    assert (await client.post(here, data=form | {"confirmed": "true"})).status_code == 303
    assert await make.pots() == {"outside:payers": -90_000, f"held:{part.order_id}": 90_000}
    assert (await client.get(here)).status_code == 404


async def test_a_program_of_an_operator_decides_once(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
        headers = await people.bearer(session, operator, "ledger:read", "ledger:write")
    intent, _ = await held((100_000, 5_000))
    await by_other_hands(intent, 10_000)
    (one,) = (await client.get("/api/v1/ledger/unassigned", headers=headers)).json()["items"]
    assert (one["kind"], one["amount"]) == ("by_other_hands", 10_000)
    url = f"/api/v1/ledger/unassigned/{one['kind']}/{one['id']}/assignment"
    wanted = {"bearer": "losses", "reason": WHY}
    assert (await client.post(url, headers=headers, json=wanted | {"confirmed": False})).status_code == 422
    assert (await client.post(url, headers=headers, json=wanted | {"confirmed": True})).status_code == 204
    assert (await client.post(url, headers=headers, json=wanted | {"confirmed": True})).status_code == 409
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM ledger_transactions WHERE cause LIKE 'assign:%'")) == 1
