"""The talk over the socket, with a client that others wrote."""

import asyncio
from datetime import timedelta

import centrifuge
import pytest

from common import ids
from common.db import hot, unit_of_work
from common.live import pacing
from common.pace import Pace, Pacer
from marvec.chat import queries, service
from marvec.chat.service import batches
from tests.common.live.city import running, start
from tests.common.live.make import connected, follow
from tests.marvec.chat.make import conversation, known, person, say, stored


async def test_what_is_sent_over_the_socket_reaches_the_other_and_is_numbered(server: str) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    async with connected(server, daeng) as one, connected(server, puang) as two:
        heard = await follow(two, f"chat:{talk}")
        answers = [
            (await one.rpc("chat.send", {"conversation": str(talk), "client_id": f"c{n}", "text": f"pesan {n}"})).data for n in range(1, 4)
        ]
        await heard.until(3)

    assert [answer["seq"] for answer in answers] == [1, 2, 3]
    assert [(offset, data["seq"], data["text"], data["author_id"]) for offset, data in heard.heard] == [
        (n, n, f"pesan {n}", str(daeng.person_id)) for n in range(1, 4)
    ]


async def test_a_stranger_neither_reads_nor_writes_and_learns_nothing(server: str) -> None:
    talk = await conversation(person(), person())
    said = {"conversation": str(talk), "client_id": "x", "text": "halo"}
    async with connected(server, person()) as stranger:
        for call, code in [
            (stranger.history(f"chat:{talk}", limit=10), 103),
            (stranger.presence(f"chat:{talk}"), 103),
            (stranger.rpc("chat.send", said), 404),
            (stranger.rpc("chat.send", said | {"conversation": str(ids.uuid7())}), 404),
            (stranger.rpc("chat.read", {"conversation": str(talk), "seq": 1}), 404),
            (stranger.rpc("chat.typing", {"conversation": str(talk)}), 404),
            (stranger.rpc("chat.send", {"conversation": "x"}), 422),
            (stranger.publish(f"chat:{talk}", {"text": "halo"}), 103),
        ]:
            with pytest.raises(centrifuge.ReplyError) as refused:
                await call
            assert refused.value.code == code
    assert await stored(talk) == []


async def test_watermarks_and_typing_are_seen_but_not_kept(server: str) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    await say(daeng, talk, "Masih ada?")
    async with connected(server, daeng) as one, connected(server, puang) as two:
        heard = await follow(one, f"chat:{talk}")
        await two.rpc("chat.typing", {"conversation": str(talk)})
        await two.rpc("chat.read", {"conversation": str(talk), "seq": 99})
        await two.rpc("chat.read", {"conversation": str(talk), "seq": 1})  # again: nothing moves
        await heard.until(2)
        await asyncio.sleep(0.05)

    assert heard.heard == [
        (0, {"type": "typing", "person": str(puang.person_id)}),
        (0, {"type": "read", "person": str(puang.person_id), "seq": 1}),
    ]
    async with unit_of_work() as session:
        assert await queries.watermarks(session, talk) == {daeng.person_id: 0, puang.person_id: 1}


async def test_where_a_block_stands_neither_sees_what_the_other_does(server: str) -> None:
    """Typing, receipts and presence, both ways; a third person in the talk sees both of them."""
    daeng, puang, third = person(), person(), person()
    talk, of_the_two = await conversation(daeng, puang, third), await conversation(daeng, puang)
    await say(third, talk, "Masih ada?")
    async with connected(server, daeng) as one, connected(server, puang) as two, connected(server, third) as three:
        listeners = [await follow(client, f"chat:{talk}") for client in (one, two, three)]
        async with unit_of_work() as session:
            await service.block(session, daeng, of_the_two)
        for client in (one, two):
            await client.rpc("chat.typing", {"conversation": str(talk)})
            await client.rpc("chat.read", {"conversation": str(talk), "seq": 1})
        await three.rpc("chat.typing", {"conversation": str(talk)})
        for heard, count in zip(listeners, (3, 3, 5), strict=True):
            await heard.until(count)
        present = [{info.user for info in (await client.presence(f"chat:{talk}")).clients.values()} for client in (one, two, three)]

    names = [str(who.person_id) for who in (daeng, puang, third)]
    seen = [{data["person"] for _, data in heard.heard} for heard in listeners]
    assert seen == present == [{names[0], names[2]}, {names[1], names[2]}, set(names)]


async def test_a_lively_talk_has_room_a_flood_is_told_to_wait_and_others_go_on(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    monkeypatch.setattr(batches, "PACERS", (Pacer(Pace(burst=0.005, a_second=0.00001)),))  # times the tests' thousand: five at once
    codes = []
    async with connected(server, daeng) as one, connected(server, puang) as two:
        for number in range(8):
            try:
                await one.rpc("chat.send", {"conversation": str(talk), "client_id": f"c{number}", "text": f"pesan {number}"})
            except centrifuge.ReplyError as error:
                codes.append((error.code, error.temporary))
        await two.rpc("chat.send", {"conversation": str(talk), "client_id": "p", "text": "Pelan-pelan ki’"})
        heard = await follow(two, f"chat:{talk}")
        monkeypatch.setattr(pacing, "SIGNALS", Pacer(Pace(burst=0.002, a_second=0.00001)))
        for _ in range(2):
            await one.rpc("chat.typing", {"conversation": str(talk)})
        with pytest.raises(centrifuge.ReplyError) as refused:
            await one.rpc("chat.typing", {"conversation": str(talk)})
        await heard.until(2)
    assert refused.value.code == 111
    assert codes == [(429, True)] * 3
    assert [text for _, _, text in await stored(talk)] == [f"pesan {number}" for number in range(5)] + ["Pelan-pelan ki’"]


async def test_kill_9_in_the_middle_of_sending_loses_and_doubles_nothing(database: None) -> None:
    """Four people send and send again what was not answered, while the web process is killed twice."""
    people = [person() for _ in range(4)]
    talk = await conversation(*people)
    answered: dict[str, int] = {}

    async def send_all(client: centrifuge.Client, who: int) -> None:
        for number in range(150):
            said = {"conversation": str(talk), "client_id": f"{who}-{number}", "text": f"{who}-{number}"}
            while said["client_id"] not in answered:
                try:
                    answered[said["client_id"]] = (await client.rpc("chat.send", said, timeout=1)).data["seq"]
                except (centrifuge.CentrifugeError, OSError):
                    await asyncio.sleep(0.05)

    async with running() as (address, first), connected(address, people[0]) as watcher:
        process = first
        heard = await follow(watcher, f"chat:{talk}")
        clients = [connected(address, one) for one in people]
        senders = [asyncio.create_task(send_all(await client.__aenter__(), who)) for who, client in enumerate(clients)]
        for _ in range(2):
            await asyncio.sleep(0.4)
            process.kill()
            await process.wait()
            process = await start(int(address.rsplit(":", 1)[1]))
        await asyncio.gather(*senders)
        await heard.until(600, seconds=30)
        for client in clients:
            await client.__aexit__(None, None, None)
        process.kill()
        await process.wait()

    rows = await stored(talk)
    assert [seq for seq, _, _ in rows] == list(range(1, 601))
    assert {text: seq for seq, _, text in rows} == answered
    assert [(offset, data["text"]) for offset, data in heard.heard] == [(seq, text) for seq, _, text in rows]


async def test_two_web_processes_number_one_conversation_together(database: None) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    async with running() as (here, _), running() as (there, _), connected(here, daeng) as one, connected(there, puang) as two:
        listeners = [await follow(client, f"chat:{talk}") for client in (one, two)]
        await asyncio.gather(
            *(
                client.rpc("chat.send", {"conversation": str(talk), "client_id": f"{name}{n}", "text": f"{name}{n}"})
                for n in range(100)
                for name, client in (("a", one), ("b", two))
            )
        )
        for heard in listeners:
            await heard.until(200)
    texts = [data["text"] for _, data in listeners[0].heard]
    assert listeners[0].heard == listeners[1].heard
    assert [offset for offset, _ in listeners[0].heard] == list(range(1, 201))
    for name in "ab":
        assert [text for text in texts if text.startswith(name)] == [f"{name}{n}" for n in range(100)]


async def test_who_was_away_is_notified_once_until_they_read(database: None, run_jobs) -> None:  # type: ignore[no-untyped-def]  # fixture
    daeng, puang = person(), person("Puang Rannu")
    for number, one in enumerate((daeng, puang)):
        await known(one, f"+6281140000{number}")
    talk = await conversation(daeng, puang)

    async def notified() -> list[str]:
        await run_jobs(ahead=timedelta(minutes=1))
        async with hot() as connection:
            return [row[0] for row in await connection.fetch("SELECT link FROM notification WHERE person_id = $1", puang.person_id)]

    for number in range(5):
        await say(daeng, talk, f"pesan {number}")
    assert await notified() == [f"/pesan/{talk}"]
    await say(daeng, talk, "masih belum dibaca")
    assert len(await notified()) == 1
    await service.read_up_to(puang, talk, 6)
    await say(daeng, talk, "sesudah dibaca")
    assert len(await notified()) == 2
    await service.read_up_to(puang, talk, 7)
    await say(daeng, talk, "dibaca sebelum diberi tahu")
    await service.read_up_to(puang, talk, 8)
    assert len(await notified()) == 2
