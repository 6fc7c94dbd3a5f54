"""Messages are numbered without a gap, written once however often they are sent, and refused one by one."""

import asyncio

import asyncpg
import pytest

from common import ids
from common.db import hot, unit_of_work
from marvec.chat import service
from marvec.chat.errors import BadMessage, Blocked, NoConversation, NotYourMessageId
from marvec.chat.schemas import Card, Draft
from marvec.chat.service.writing import write
from tests.marvec.chat.make import conversation, person, say, stored


async def test_a_hundred_who_send_at_once_are_numbered_from_1_to_100(database: None) -> None:
    people = [person() for _ in range(100)]
    talk = await conversation(*people)
    sent = await asyncio.gather(*(say(one, talk, f"pesan {number}") for number, one in enumerate(people)))

    assert sorted(one.seq for one in sent) == list(range(1, 101))
    assert [row[0] for row in await stored(talk)] == list(range(1, 101))
    by_seq = {one.seq: (one.author_id, one.text) for one in sent}
    assert all(by_seq[seq] == (author, text) for seq, author, text in await stored(talk))


async def test_the_same_client_id_twenty_times_at_once_is_one_message(database: None) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    sent = await asyncio.gather(*(say(daeng, talk, "Masih ada?", "satu") for _ in range(20)))
    again = await say(daeng, talk, "Masih ada? (lagi)", "satu")

    assert {one.seq for one in sent} == {1}
    assert (again.seq, again.text) == (1, "Masih ada?")
    assert await stored(talk) == [(1, daeng.person_id, "Masih ada?")]


async def test_two_processes_that_send_the_same_client_id_write_it_once(database: None) -> None:
    """Each unit of work stands for a process of its own: none waits in the other's line."""
    daeng = person()
    talk = await conversation(daeng, person())

    async def alone(number: int) -> int:
        async with unit_of_work() as session:
            (message,) = await write(session, [Draft(talk, daeng.person_id, f"id-{number % 5}", f"pesan {number % 5}")])
        assert not isinstance(message, Exception)
        return message.seq

    seqs = await asyncio.gather(*(alone(number) for number in range(20)))
    assert sorted(set(seqs)) == [1, 2, 3, 4, 5]
    assert [seqs[number] for number in range(5)] == [seqs[number + 15] for number in range(5)]
    assert len(await stored(talk)) == 5


async def test_one_refused_message_does_not_hurt_the_others_of_its_commit(database: None) -> None:
    daeng, puang, stranger = person(), person(), person()
    talk, nowhere = await conversation(daeng, puang), ids.uuid7()
    first = await say(puang, talk, "Tabe’", "milik puang")
    results = await asyncio.gather(
        say(daeng, talk, "satu"),
        say(stranger, talk, "saya orang lain"),
        say(daeng, talk, "x" * 4001),
        say(daeng, nowhere, "halo"),
        say(daeng, talk, "   "),
        say(daeng, talk, "pakai nomor orang", "milik puang"),
        say(daeng, talk, "dengan \0"),
        say(puang, talk, "dua"),
        return_exceptions=True,
    )

    refused = [type(one) for one in results if isinstance(one, BaseException)]
    assert refused == [NoConversation, BadMessage, NoConversation, BadMessage, NotYourMessageId, BadMessage]
    assert first.seq == 1
    assert await stored(talk) == [(1, puang.person_id, "Tabe’"), (2, daeng.person_id, "satu"), (3, puang.person_id, "dua")]


async def test_messages_to_many_conversations_share_commits_and_never_lock_up(database: None) -> None:
    daeng = person()
    talks = [await conversation(daeng, person()) for _ in range(10)]

    async def within_another_transaction(order: list[object]) -> None:
        async with unit_of_work() as session:
            drafts = [Draft(talk, daeng.person_id, str(ids.uuid7()), "sekaligus") for talk in order]  # type: ignore[arg-type]  # ids
            await write(session, drafts)

    await asyncio.gather(
        *(say(daeng, talk, str(number)) for number in range(20) for talk in talks),
        *(within_another_transaction(list(talks if number % 2 else talks[::-1])) for number in range(10)),
    )
    for talk in talks:
        assert [row[0] for row in await stored(talk)] == list(range(1, 31))


async def test_a_card_goes_with_its_rooms_transaction_or_not_at_all(database: None) -> None:
    daeng = person()
    talk = await conversation(daeng, person())
    card = Card("offer", ids.uuid7(), {"total": 380_000})
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            await service.post(session, daeng.person_id, talk, client_id="tawaran", text="", card=card)
            raise ZeroDivisionError
    assert await stored(talk) == []
    async with unit_of_work() as session:
        await service.post(session, daeng.person_id, talk, client_id="tawaran", text="", card=card)
    async with unit_of_work() as session:
        again = await service.post(session, daeng.person_id, talk, client_id="tawaran", text="", card=card)

    assert (again.seq, again.card) == (1, {"kind": "offer", "id": str(card.id), "snapshot": {"total": 380_000}})
    assert len(await stored(talk)) == 1


async def test_a_block_stops_words_in_both_directions_but_not_facts(database: None) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    async with unit_of_work() as session:
        await service.block(session, daeng, talk)
    for author in (daeng, puang):
        with pytest.raises(Blocked):
            await say(author, talk, "halo")
    async with unit_of_work() as session:
        await service.post(session, puang.person_id, talk, client_id="x", text="", card=Card("order", ids.uuid7(), {}))
        await service.unblock(session, daeng, talk)
    assert (await say(puang, talk, "halo lagi")).seq == 2


async def test_the_same_people_about_the_same_thing_have_one_conversation(database: None) -> None:
    daeng, puang, subject = person(), person(), ids.uuid7()
    opened = await asyncio.gather(*(conversation(*pair, subject_id=subject) for pair in [(daeng, puang), (puang, daeng)] * 10))
    assert len(set(opened)) == 1
    assert await conversation(daeng, person(), subject_id=subject) != opened[0]


@pytest.mark.parametrize(("seq", "client_id"), [(3, "x"), (0, "x"), (1, "x"), (2, "a")])
async def test_the_database_itself_refuses_gaps_and_repetitions(database: None, seq: int, client_id: str) -> None:
    daeng = person()
    talk = await conversation(daeng, person())
    await say(daeng, talk, "satu", "a")
    statement = "INSERT INTO messages (conversation_id, seq, client_id, author_id, text, at) VALUES ($1, $2, $3, $4, 'x', now())"
    async with hot() as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connection.execute(statement, talk, seq, client_id, daeng.person_id)
    assert len(await stored(talk)) == 1
