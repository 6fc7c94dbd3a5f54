"""People report, an operator decides, the owner learns why, and what was hidden stays hidden until it is lifted."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from pydantic import ValidationError
from sqlalchemy import text

from common.actor import Actor
from common.db import unit_of_work
from common.errors import Forbidden
from common.states import NotFromHere
from marvec.chat import service as chat
from marvec.listings import queries as goods
from marvec.listings import service as listings
from marvec.listings.errors import HeldBack, NoSuchListing, Prohibited
from marvec.moderation import queries, service
from marvec.moderation.errors import AlreadyAsked, AlreadyReported, NotForThis, OwnThing
from marvec.moderation.models import CaseState, Reason
from marvec.moderation.schemas import AskReview, CaseRow, Decide, ReportThing
from marvec.moderation.wording import REVIEWED
from marvec.storefronts import queries as shops
from marvec.storefronts.errors import NotYourStorefront
from tests.conftest import RunJobs
from tests.marvec import make
from tests.marvec.acting import client_as, submit

pytestmark = pytest.mark.usefixtures("database")
BECAUSE = "Fotonya bukan barang ini."


async def report(actor: Actor, listing_id: UUID, reason: Reason = Reason.FAKE) -> None:
    async with unit_of_work() as session:
        await service.report_listing(session, actor, listing_id, ReportThing(reason=reason, words="Bukan asli."))


async def decide(actor: Actor, case_id: UUID, state: CaseState) -> None:
    async with unit_of_work() as session:
        await service.decide(session, actor, case_id, Decide(state=state, because=BECAUSE))


async def cases(*, decided: bool = False) -> list[CaseRow]:
    async with unit_of_work() as session:
        return list((await queries.page_of(session, decided=decided, limit=50, cursor=None)).items)


async def told(person: Actor) -> list[tuple[str, dict[str, Any]]]:
    async with unit_of_work() as session:
        rows = await session.execute(
            text("SELECT text, params FROM notification WHERE person_id = :id ORDER BY seq"), {"id": person.person_id}
        )
        return [(row.text, row.params) for row in rows]


async def test_many_reports_at_once_are_one_case_with_one_word_a_person() -> None:
    item = await make.goods(await make.member("Penjual"))
    people = [make.person(f"Warga {n}") for n in range(5)]
    answers = await asyncio.gather(*(report(person, item.id) for person in people * 2), return_exceptions=True)
    assert sum(isinstance(answer, AlreadyReported) for answer in answers) == 5
    (case,) = await cases()
    assert (case.reports, case.reasons, case.title) == (5, [Reason.FAKE], item.title)


async def test_ones_own_goods_and_what_nobody_sees_are_not_reported() -> None:
    seller = await make.member("Penjual")
    item = await make.goods(seller)
    with pytest.raises(OwnThing):
        await report(seller, item.id)
    async with unit_of_work() as session:
        await listings.pause_listing(session, seller, item.id)
    with pytest.raises(NoSuchListing):
        await report(await make.member("Warga"), item.id)
    assert await cases() == []


async def test_a_hidden_listing_cannot_be_shown_again_by_its_seller_until_it_is_lifted() -> None:
    seller, warga, operator = await make.member("Penjual"), await make.member("Warga"), make.operator()
    item = await make.goods(seller)
    await report(warga, item.id)
    (case,) = await cases()
    await decide(operator, case.id, CaseState.HIDDEN)
    async with unit_of_work() as session:
        assert not await goods.is_visible(session, item.id)
    with pytest.raises(HeldBack):
        async with unit_of_work() as session:
            await listings.publish_listing(session, seller, item.id)
    ((words, params),) = await told(seller)
    assert (words, params) == ("“%(thing)s” kami sembunyikan: %(because)s", {"thing": item.title, "because": BECAUSE})
    assert len(await told(warga)) == 1
    await decide(operator, case.id, CaseState.LIFTED)
    async with unit_of_work() as session:
        assert await goods.is_visible(session, item.id)


async def test_a_suspended_shop_hides_all_of_its_goods_and_is_reinstated() -> None:
    seller, operator = await make.member("Penjual"), make.operator()
    item = await make.goods(seller)
    await report(await make.member("Warga"), item.id, Reason.FRAUD)
    (case,) = await cases()
    await decide(operator, case.id, CaseState.SUSPENDED)
    async with unit_of_work() as session:
        shop = await shops.by_id(session, item.storefront_id)
        assert (shop.state, shop.moved_because) == ("suspended", BECAUSE)
        assert not await goods.is_visible(session, item.id)
    await decide(operator, case.id, CaseState.LIFTED)
    async with unit_of_work() as session:
        assert (await shops.by_id(session, item.storefront_id)).state == "open"


async def test_two_operators_at_once_decide_once_and_it_is_on_record() -> None:
    item = await make.goods(await make.member("Penjual"))
    await report(await make.member("Warga"), item.id)
    (case,) = await cases()
    wanted = [CaseState.DISMISSED, CaseState.HIDDEN] * 2
    answers = await asyncio.gather(*(decide(make.operator(), case.id, state) for state in wanted), return_exceptions=True)
    assert [type(answer) for answer in answers].count(NotFromHere) >= 2
    (decided,) = await cases(decided=True)
    async with unit_of_work() as session:
        kept = list(await session.scalars(text("SELECT action FROM audit_entries WHERE action LIKE 'moderation.%' ORDER BY id")))
    assert kept[0] == f"moderation.{decided.state}" and len(kept) == 1
    assert await cases() == []


async def test_nobody_but_an_operator_decides() -> None:
    item = await make.goods(await make.member("Penjual"))
    await report(await make.member("Warga"), item.id)
    (case,) = await cases()
    with pytest.raises(Forbidden):
        await decide(make.person(), case.id, CaseState.HIDDEN)
    assert len(await cases()) == 1


async def test_a_reported_message_becomes_a_case_that_warns_but_cannot_hide(run_jobs: RunJobs) -> None:
    rude, warga, operator = await make.member("Kasar"), await make.member("Warga"), make.operator()
    async with unit_of_work() as session:
        talk = await chat.open_conversation(
            session, kind="person", subject_id=None, people={rude.person_id, warga.person_id}, title="Sesuatu"
        )
        message = await chat.post(session, rude.person_id, talk.id, client_id="kata-kasar-1", text="Kata kasar", card=None)
    for _ in range(2):
        async with unit_of_work() as session:
            await chat.report(session, warga, talk.id, message.seq, "Dia kasar")
    await run_jobs()
    (case,) = await cases()
    assert (case.kind, case.reports) == ("message", 1)
    for impossible in (CaseState.HIDDEN, CaseState.SUSPENDED):
        with pytest.raises(NotForThis):
            await decide(operator, case.id, impossible)
    await decide(operator, case.id, CaseState.WARNED)
    assert [words for words, _params in await told(rude)] == ["Teguran tentang “%(thing)s”: %(because)s"]


async def test_in_a_browser_a_report_is_written_found_and_decided(app: Litestar) -> None:
    seller = await make.member("Penjual")
    item = await make.goods(seller)
    here = f"/barang/{item.id}/laporkan"
    async with client_as(app, await make.member("Warga")) as warga:
        assert here in (await warga.get(f"/barang/{item.id}")).text
        assert (await submit(warga, here, here, {"words": "Tanpa alasan"})).status_code == 422
        sent = {"reason": "misleading", "words": "Harganya lain."}
        assert (await submit(warga, here, here, sent)).headers["location"] == f"/barang/{item.id}"
        again = await submit(warga, here, here, sent)
        assert (again.status_code, "sudah kami terima" in again.text) == (409, True)
    (case,) = await cases()
    async with client_as(app, make.operator()) as operator:
        assert item.title in (await operator.get("/operator/moderasi")).text
        assert "1 laporan warga menunggu keputusan" in (await operator.get("/")).text
        page = f"/operator/moderasi/{case.id}"
        assert "Harganya lain." in (await operator.get(page)).text
        assert (await submit(operator, page, page, {"state": "hidden", "because": ""})).status_code == 422
        assert (await submit(operator, page, page, {"state": "hidden", "because": BECAUSE})).status_code == 303
        assert BECAUSE in (await operator.get(page)).text
        assert item.title in (await operator.get("/operator/moderasi?tampil=diputus")).text
    async with client_as(app, seller) as owner:
        shop = await _slug(item.storefront_id)
        assert BECAUSE in (await owner.get(f"/toko-saya/{shop}/barang/{item.id}")).text


async def _slug(storefront_id: UUID) -> str:
    async with unit_of_work() as session:
        return (await shops.by_id(session, storefront_id)).slug


async def test_what_was_shown_when_it_was_hidden_is_shown_again_when_that_is_lifted() -> None:
    seller, operator = await make.member("Penjual"), make.operator()
    shown, paused = await make.goods(seller), await make.goods(seller, title="Pisang ijo")
    await report(await make.member("Warga"), shown.id)
    await report(await make.member("Warga lain"), paused.id)
    async with unit_of_work() as session:
        await listings.pause_listing(session, seller, paused.id)
    for case in await cases():
        await decide(operator, case.id, CaseState.HIDDEN)
        await decide(operator, case.id, CaseState.LIFTED)
    async with unit_of_work() as session:
        assert await goods.is_visible(session, shown.id)
        assert not await goods.is_visible(session, paused.id)  # its seller had paused it
        await listings.publish_listing(session, seller, paused.id)


async def test_an_owner_asks_for_a_look_and_learns_that_it_may_be_sold() -> None:
    seller, stranger, operator = await make.member("Penjual"), await make.member("Lain"), make.operator()
    item = await make.goods(seller, title="Pistol air")
    async with unit_of_work() as session:
        await listings.pause_listing(session, seller, item.id)
        await session.execute(text("UPDATE listings SET title = 'Pistol kue' WHERE id = :id"), {"id": item.id})
    with pytest.raises(Prohibited):
        async with unit_of_work() as session:
            await listings.publish_listing(session, seller, item.id)
    with pytest.raises(NotYourStorefront):
        await ask(stranger, item.id)
    await ask(seller, item.id)
    with pytest.raises(AlreadyAsked):
        await ask(seller, item.id)
    (case,) = await cases()
    assert (case.reasons, case.title) == ([Reason.REVIEW], "Pistol kue")
    await decide(operator, case.id, CaseState.DISMISSED)
    assert await told(seller) == [(REVIEWED, {"thing": "Pistol kue", "because": BECAUSE})]
    async with unit_of_work() as session:
        await listings.publish_listing(session, seller, item.id)
        assert await goods.is_visible(session, item.id)


async def test_nobody_reports_in_an_owner_s_name() -> None:
    with pytest.raises(ValidationError):
        ReportThing(reason=Reason.REVIEW)


async def ask(actor: Actor, listing_id: UUID) -> None:
    async with unit_of_work() as session:
        await service.ask_review(session, actor, listing_id, AskReview(words="Ini kue berbentuk pistol."))
