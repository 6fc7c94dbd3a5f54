"""A client that others wrote meets the door: centrifuge-python, unchanged."""

import asyncio
from datetime import timedelta

import centrifuge
import pytest

from common import clock, ids
from common.db import unit_of_work
from common.identity import service
from common.live import pass_on, tokens
from tests.common.identity import make
from tests.common.live.make import client_of, connected, ended, follow, open_square, person, told

open_square()


async def test_it_connects_subscribes_and_hears_in_order_what_is_told(server: str) -> None:
    async with connected(server) as client:
        heard = await follow(client, "square:1")
        await told("square:1", *({"n": n} for n in range(1, 4)))
        await told("square:1", {"n": 4})
        await heard.until(4)

    assert heard.heard == [(n, {"n": n}) for n in range(1, 5)]


async def test_publishing_goes_to_the_domain_and_comes_back_to_everybody(server: str) -> None:
    daeng, puang = person(), person()
    async with connected(server, daeng) as speaker, connected(server, puang) as other:
        listeners = [await follow(speaker, "square:1"), await follow(other, "square:1")]
        await speaker.publish("square:1", {"text": "Mari ki’"})
        for heard in listeners:
            await heard.until(1)

    assert listeners[0].heard == listeners[1].heard == [(1, {"text": "Mari ki’", "by": str(daeng.person_id)})]


async def test_calls_are_answered_and_unknown_ones_refused(server: str) -> None:
    async with connected(server) as client:
        assert (await client.rpc("square.double", {"number": 21})).data == {"twice": 42}
        with pytest.raises(centrifuge.ReplyError) as refused:
            await client.rpc("square.fly", {})
        assert refused.value.code == 104
        with pytest.raises(centrifuge.ReplyError) as failed:
            await client.rpc("square.double", {})
        assert failed.value.code == 100


async def test_history_reads_forwards_backwards_and_from_a_position(server: str) -> None:
    await told("square:1", *range(10, 17))
    async with connected(server) as client:
        everything = await client.history("square:1", limit=-1)
        newest = await client.history("square:1", limit=2, reverse=True)
        since = await client.history("square:1", limit=2, since=centrifuge.StreamPosition(3, everything.epoch))
        position = await client.history("square:1")

    assert [(pub.offset, pub.data) for pub in everything.publications] == [(n, n + 9) for n in range(1, 8)]
    assert [pub.offset for pub in newest.publications] == [7, 6]
    assert [pub.offset for pub in since.publications] == [4, 5]
    assert (position.publications, position.offset) == ([], 7)


async def test_presence_shows_who_is_there_and_forgets_who_left(server: str) -> None:
    daeng, puang = person(), person()
    async with connected(server, daeng) as one:
        await follow(one, "square:1")
        async with connected(server, puang) as two, connected(server, puang) as three:
            await follow(two, "square:1")
            await follow(three, "square:1")
            stats = await one.presence_stats("square:1")
            users = {info.user for info in (await one.presence("square:1")).clients.values()}
        async with asyncio.timeout(30):
            while (await one.presence_stats("square:1")).num_clients != 1:
                await asyncio.sleep(0.02)

    assert (stats.num_clients, stats.num_users) == (3, 2)
    assert users == {str(daeng.person_id), str(puang.person_id)}


async def test_a_stranger_to_a_channel_is_refused(server: str) -> None:
    async with connected(server) as client:
        for channel, code in (("square:sealed", 103), (f"person:{ids.uuid7()}", 103), ("nowhere:1", 102), ("person:x", 107)):
            with pytest.raises(centrifuge.ReplyError) as refused:
                await client.history(channel, limit=1)
            assert refused.value.code == code


async def test_everybody_hears_the_own_channel(server: str) -> None:
    daeng = person()
    async with connected(server, daeng) as client:
        heard = await follow(client, f"person:{daeng.person_id}")
        await told(f"person:{daeng.person_id}", {"unread": 1})
        await heard.until(1)
    assert heard.heard == [(1, {"unread": 1})]


async def test_a_signal_passes_without_an_offset_and_is_not_kept(server: str) -> None:
    async with connected(server) as client:
        heard = await follow(client, "square:1")
        await pass_on("square:1", {"typing": True})
        await heard.until(1)
        assert heard.heard == [(0, {"typing": True})]
        assert (await client.history("square:1", limit=-1)).publications == []


async def test_an_expired_token_is_refreshed_and_a_forged_one_turned_away(server: str) -> None:
    daeng = person()
    with clock.frozen(clock.now() - timedelta(hours=1)):
        old, _ = tokens.issue(daeng)
    async with connected(server, daeng, token=old) as client:
        assert (await client.rpc("square.double", {"number": 1})).data == {"twice": 2}

    ended: list[int] = []

    class Events(centrifuge.ClientEventHandler):  # type: ignore[misc]  # the SDK carries no types
        async def on_disconnected(self, ctx: centrifuge.DisconnectedContext) -> None:
            ended.append(ctx.code)

    forger = client_of(server, daeng, token=tokens.issue(daeng)[0][:-4] + "AAAA", events=Events())
    await forger.connect()
    async with asyncio.timeout(30):
        while not ended:
            await asyncio.sleep(0.01)
    assert ended == [3500]


async def test_signing_out_elsewhere_closes_the_sockets_of_that_session_alone(server: str) -> None:
    async with unit_of_work() as session:
        somebody = await make.person(session)
        opened = [await service.open_session(session, somebody.id, service.Client()) for _ in range(2)]
        lost, kept = [make.actor_of(somebody, session_id=await service.session_id_of(session, token)) for token in opened]
    async with connected(server, lost) as first, connected(server, kept) as second:
        async with unit_of_work() as session:
            await service.sign_out(session, lost)
        assert await ended(first) == 3503
        assert (await second.rpc("square.double", {"number": 2})).data == {"twice": 4}


async def test_who_subscribes_while_others_publish_misses_nothing_and_hears_nothing_twice(server: str) -> None:
    """Twenty clients come, one after the other, from the page's position, while two hundred transactions tell."""
    async with connected(server) as client:
        position = await client.history("square:1")

    async def speak(start: int) -> None:
        for number in range(start, start + 20):
            await told("square:1", number)

    async def get_state(channel: str) -> centrifuge.StreamPosition:
        return centrifuge.StreamPosition(position.offset, position.epoch)

    async def listen(delay: float) -> list[int]:
        await asyncio.sleep(delay)
        async with connected(server) as client:
            heard = await follow(client, "square:1", get_state=get_state)
            await heard.until(200)
            return [offset for offset, _ in heard.heard]

    *_, heard = await asyncio.gather(
        *(speak(start) for start in range(0, 200, 20)), asyncio.gather(*(listen(number * 0.02) for number in range(20)))
    )
    assert heard == [list(range(1, 201))] * 20
