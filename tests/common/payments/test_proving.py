"""Evidence reaches the payer's bank once and in time, and everybody is told."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from common import clock, events
from common.actor import Actor, Grant, Role
from common.db import hot, unit_of_work
from common.events import EvidenceDue, EvidenceSubmitted
from common.ids import uuid7
from common.payments import queries, service
from common.payments.errors import EvidenceTooLate, EvidenceTooLong, NoEvidence
from common.payments.models import Dispute, Intent
from common.payments.service import proving
from tests.common.identity import make as people
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox
from tests.common.payments.test_provider import paid_and_held, tell_all
from tests.conftest import RunJobs

OPERATOR = Actor(uuid7(), "Petugas", assurance=3, grants=frozenset({Grant(Role.OPERATOR)}))
SELLER = Actor(uuid7(), "Penjual", assurance=1)


async def disputed(sandbox: Sandbox, run_jobs: RunJobs, **how: Any) -> tuple[Intent, Dispute]:
    intent, _ = await paid_and_held(sandbox, run_jobs)
    await sandbox.do("dispute", str(intent.provider_ref), **how)
    await tell_all(await sandbox.events())
    await run_jobs()
    async with unit_of_work() as session:
        (dispute,) = await queries.disputes_of(session, intent.id)
        return intent, dispute


async def say(intent: Intent, words: str, actor: Actor = SELLER, side: str = "penjual MKS-1") -> None:
    async with unit_of_work() as session:
        await service.add_evidence(session, actor, intent.id, side=side, words=words)


async def at_bank(sandbox: Sandbox) -> dict[str, Any]:
    (found,) = (await sandbox.call("GET", "disputes"))["data"]
    return dict(found)


async def test_what_both_sides_said_reaches_the_bank_as_one_text(
    sandbox: Sandbox, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(events.HEARERS, EvidenceSubmitted, [])
    intent, dispute = await disputed(sandbox, run_jobs)
    with clock.frozen(clock.now()):
        await say(intent, "Dikirim Selasa, diterima tetangga.")
        await say(intent, "Kurir membenarkan.", OPERATOR, service.OPERATOR)
    await asyncio.gather(*(service.submit_evidence(OPERATOR, dispute.id) for _ in range(5)), return_exceptions=True)
    there = await at_bank(sandbox)
    stamp = clock.now().strftime("%Y-%m-%d")
    told = there["evidence"]["uncategorized_text"].replace("\n", " ")
    assert told.count(stamp) == 2
    assert "penjual MKS-1, " in told
    assert told.index("Dikirim Selasa, diterima tetangga.") < told.index("petugas, ") < told.index("Kurir membenarkan.")
    assert (there["status"], there["evidence_details"]["submission_count"]) == ("under_review", 1)
    with pytest.raises(EvidenceTooLate):
        await service.submit_evidence(OPERATOR, dispute.id)
    with pytest.raises(EvidenceTooLate):
        await say(intent, "Masih ada lagi.")
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit_entries WHERE action = 'payments.submit_evidence'") >= 1


async def test_winning_evidence_brings_the_money_back(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, dispute = await disputed(sandbox, run_jobs)
    await say(intent, "Resi dan foto serah terima.")
    await service.submit_evidence(OPERATOR, dispute.id)
    await sandbox.do("decide", (await at_bank(sandbox))["id"], won=True)
    await tell_all((await sandbox.events())[::-1])
    await run_jobs()
    pots = await make.pots()
    assert [kind.partition(":")[0] for kind in pots] == ["held", "outside"]
    assert await make.differences() == []


async def test_a_bank_that_thinks_again_after_it_had_decided_gives_everything_back(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    await sandbox.do("dispute", str(intent.provider_ref))
    ref = (await at_bank(sandbox))["id"]
    await sandbox.do("decide", ref, won=False)
    await tell_all(await sandbox.events())
    await run_jobs()
    assert await make.pots() == {}  # the seller's account gave it back, the platform its commission
    await sandbox.do("decide", ref, won=True)
    await tell_all(await sandbox.events())
    await run_jobs()
    assert await make.pots() == {
        "outside:payers": -100_000, "commission:platform": 5_000, f"transferred:{part.storefront_id}": 95_000,
    }  # fmt: skip
    (second, first) = (await sandbox.call("GET", "transfers"))["data"]
    assert (first["amount_reversed"], second["amount"]) == (9_500_000, 9_500_000)
    assert await make.differences() == []


async def test_an_inquiry_takes_no_money_and_still_stops_the_release(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, dispute = await disputed(sandbox, run_jobs, inquiry=True)
    assert dispute.state == "opened"
    pots = await make.pots()
    assert f"disputed:{intent.id}" not in pots
    async with unit_of_work() as session:
        assert await queries.is_in_dispute(session, intent.id)
    await sandbox.do("decide", (await at_bank(sandbox))["id"], won=True)
    await tell_all(await sandbox.events())
    await run_jobs()
    async with unit_of_work() as session:
        assert not await queries.is_in_dispute(session, intent.id)
    assert await make.pots() == pots


async def test_nothing_is_taken_after_the_deadline_nor_without_words_nor_without_end(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, dispute = await disputed(sandbox, run_jobs)
    with pytest.raises(NoEvidence):
        await service.submit_evidence(OPERATOR, dispute.id)
    await say(intent, "a" * 19_000)
    with pytest.raises(EvidenceTooLong):
        await say(intent, "b" * 2_000)
    with clock.frozen(clock.now() + timedelta(days=8)), pytest.raises(EvidenceTooLate):
        await service.submit_evidence(OPERATOR, dispute.id)
    assert (await at_bank(sandbox))["evidence_details"]["submission_count"] == 0


async def test_silence_until_the_deadline_loses(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    await disputed(sandbox, run_jobs, seconds=0.3)
    for _ in range(100):
        if (await at_bank(sandbox))["status"] == "lost":
            break
        await asyncio.sleep(0.05)
    await tell_all(await sandbox.events())
    await run_jobs()
    assert await make.pots() == {}


async def test_operators_and_sellers_are_reminded_once_two_days_before_the_end(
    sandbox: Sandbox, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[EvidenceDue] = []
    name = f"tests.evidence_due.{uuid7()}"
    monkeypatch.setitem(events.HEARERS, EvidenceDue, [])

    @events.hears(EvidenceDue, name)
    async def hear(session: Any, event: EvidenceDue) -> None:
        heard.append(event)

    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
    intent, dispute = await disputed(sandbox, run_jobs)
    await proving.remind()
    with clock.frozen(clock.now() + timedelta(days=5, minutes=1)):
        await proving.remind()
        await proving.remind()
        await run_jobs()
    assert heard == [EvidenceDue(intent.id, intent.purpose, intent.purpose_id, dispute.due_by)]  # type: ignore[arg-type]  # it is set
    async with unit_of_work() as session:
        told = await session.scalars(text("SELECT text FROM notification WHERE person_id = :id"), {"id": operator.id})
    assert list(told) == ["Sengketa bank atas %(amount)s harus dijawab sebelum %(due)s. Serahkan bukti."]


async def test_the_operator_answers_a_dispute_on_its_page(sandbox: Sandbox, run_jobs: RunJobs, client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await people.enter(session, client, await people.holder(session, Role.OPERATOR))
    _, dispute = await disputed(sandbox, run_jobs)
    here = f"/operator/sengketa-bank/{dispute.id}"
    assert here in (await client.get("/operator/sengketa-bank")).text
    token = (await client.get(here)).text.split('name="_csrf" value="')[1].split('"')[0]
    said = await client.post(f"{here}/bukti", data={"_csrf": token, "words": "Barang diterima, ada fotonya."})
    assert said.status_code == 303
    assert "Barang diterima, ada fotonya." in (await client.get(here)).text
    assert (await client.post(f"{here}/serahkan", data={"_csrf": token})).status_code == 422
    assert (await client.post(f"{here}/serahkan", data={"_csrf": token, "confirmed": "true"})).status_code == 303
    assert (await client.post(f"{here}/serahkan", data={"_csrf": token, "confirmed": "true"})).status_code == 409
    assert (await at_bank(sandbox))["status"] == "under_review"
