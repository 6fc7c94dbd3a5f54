"""What an operator, a moderator, an admin or an officer at a counter reads of somebody is on record for each whom it is about."""

from uuid import UUID

from common import ids
from common.account import queries as account
from common.actor import Actor, Grant, Role
from common.db import unit_of_work
from common.identity import queries as identity
from common.payments import queries as payments
from marvec.orders.service import show_order
from tests.common.identity.make import holder, person
from tests.marvec.make import deal


async def found(person_id: UUID) -> list[tuple[str, str, str, int]]:
    async with unit_of_work() as session:
        return [(one.what, one.role, one.purpose, one.times) for one in (await account.reads_of(session, person_id, None, 50)).items]


async def test_an_operator_reads_an_order_of_two_and_its_payment(database: None) -> None:
    made = await deal()
    for reader in (made.operator, made.buyer, made.seller):
        async with unit_of_work() as session:
            order = await show_order(session, reader, made.order_id)
    async with unit_of_work() as session:
        await payments.visible(session, made.operator, made.intent_id)
    purpose = "menangani masalah pesanan atau pembayaran"
    assert await found(made.seller.person_id) == [("Pesanan", "operator", purpose, 1)]
    assert await found(made.buyer.person_id) == [("Pembayaran", "operator", purpose, 1), ("Pesanan", "operator", purpose, 1)]
    async with unit_of_work() as session:
        assert (await account.reads_of(session, made.buyer.person_id, None, 1)).next is not None
        (_, seen) = (await account.reads_of(session, made.buyer.person_id, None, 2)).items
    assert seen.label == order.reference


async def test_an_admin_who_looks_for_somebody_has_read_each_whom_the_list_shows(database: None) -> None:
    async with unit_of_work() as session:
        first, second = await person(session, "Daeng Baji Satu"), await person(session, "Daeng Baji Dua")
        admin = await holder(session, Role.ADMIN)
    actor = Actor(admin.id, admin.name, grants=frozenset({Grant(Role.ADMIN)}))
    async with unit_of_work() as session:
        assert {one.id for one in await identity.people_like(session, actor, "Daeng Baji")} == {first.id, second.id}
        await identity.looked_at(session, actor, first.id)  # the same transaction, the same purpose: one read
    async with unit_of_work() as session:
        await identity.looked_at(session, actor, first.id)
    assert await found(first.id) == [("Akun", "admin", "mencari akun untuk memberi peran", 2)]
    assert await found(second.id) == [("Akun", "admin", "mencari akun untuk memberi peran", 1)]


async def test_a_read_that_is_undone_has_shown_nothing(database: None) -> None:
    made = await deal()
    try:
        async with unit_of_work() as session:
            await show_order(session, made.operator, made.order_id)
            raise LookupError(ids.uuid7())
    except LookupError:
        pass
    assert await found(made.buyer.person_id) == []
