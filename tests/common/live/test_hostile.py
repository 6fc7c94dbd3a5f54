"""What strangers and floods send: an answer with a code, never a connection that is dead without a word."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack

import centrifuge
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from common.live import door, pacing, tokens
from common.pace import Pace, Pacer
from common.settings import get_settings
from tests.common.live.make import connected, ended, follow, open_square, person

open_square()


@pytest.fixture
def usual_pace(house: None) -> Iterator[None]:
    """As it is for people; the other tests say more in a second than they do in a day."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MARVEC_PACE", "1")
        for name in ("COMMANDS", "SIGNALS", "REFUSALS"):
            environment.setattr(pacing, name, Pacer(getattr(pacing, name)._pace))
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@pytest.fixture
async def paced_server(usual_pace: None, server: str) -> AsyncIterator[str]:
    yield server


DEEP = "[" * 50_000 + "]" * 50_000


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (f'{{"id":2,"rpc":{{"method":"square.double","data":{DEEP}}}}}', 107),
        (f'{{"rpc":{{"method":"square.double","data":{DEEP}}},"id":2}}', 107),
        ('{"id":2,"rpc":{"method":"square.double","data":' + "[" * 900 + "]" * 900 + "}}", 100),
        ('{"id":2,"subscribe":{"channel":"square:1","recover":true,"offset":9223372036854775808}}', 107),
        ('{"id":2,"subscribe":{"channel":"square:1","recover":true,"offset":-1}}', 107),
        ('{"id":2,"history":{"channel":"square:1","limit":5,"since":{"offset":99999999999999999999,"epoch":""}}}', 107),
        ('{"id":2,"subscribe":{"channel":7}}', 107),
        ('{"id":2,"subscribe":{"channel":"square:1","tf":{"op":"eq"}}}', 108),
        ('{"id":2,"subscribe":{"channel":"square:1","type":1}}', 108),
        ('{"id":2,"fly":{}}', 104),
        ('{"id":2}', 104),
        ('{"id":2,"rpc":{"method":"square.double","data":{"number":"\\ud800"}}}', 107),
    ],
)
async def test_odd_commands_get_an_error_and_the_connection_lives(server: str, command: str, code: int) -> None:
    async with connect(server.replace("http", "ws", 1) + "/connection/websocket", proxy=None) as socket:
        await socket.send(json.dumps({"id": 1, "connect": {"token": tokens.issue(person())[0]}}))
        await socket.recv()
        await socket.send(command)
        answer = json.loads(await socket.recv())
        assert (answer["id"], answer["error"]["code"]) == (2, code)
        await socket.send('{"id":3,"rpc":{"method":"square.double","data":{"number":21}}}')
        assert json.loads(await socket.recv()) == {"id": 3, "rpc": {"data": {"twice": 42}}}


async def test_a_channel_has_one_spelling(server: str) -> None:
    daeng = person()
    async with connected(server, daeng) as client:
        await follow(client, f"person:{daeng.person_id}")
        for key in (str(daeng.person_id).upper(), daeng.person_id.hex, f"{{{daeng.person_id}}}", f" {daeng.person_id}"):
            with pytest.raises(centrifuge.CentrifugeError):
                await follow(client, f"person:{key}")
            with pytest.raises(centrifuge.ReplyError) as refused:
                await client.history(f"person:{key}", limit=1)
            assert refused.value.code == 107


async def test_a_person_has_so_many_sockets_and_a_neighbour_their_own(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert door._hub is not None
    monkeypatch.setattr(door._hub, "_most_sockets", 3)
    daeng, puang = person(), person()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(server, daeng)) for _ in range(3)]
        async with connect(server.replace("http", "ws", 1) + "/connection/websocket", proxy=None) as socket:
            await socket.send(json.dumps({"id": 1, "connect": {"token": tokens.issue(daeng)[0]}}))
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 3504
        await stack.enter_async_context(connected(server, puang))
        await clients[0].disconnect()
        async with asyncio.timeout(30):
            while len(door._hub.sockets) > 3:
                await asyncio.sleep(0.01)
        await stack.enter_async_context(connected(server, daeng))


async def test_a_flood_is_told_so_then_sent_away_and_the_neighbour_feels_nothing(
    paced_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "COMMANDS", Pacer(Pace(burst=20, a_second=0.01)))
    monkeypatch.setattr(pacing, "REFUSALS", Pacer(Pace(burst=10, a_second=0.01)))
    daeng, puang = person(), person()
    codes = []
    async with connected(paced_server, daeng) as loud, connected(paced_server, puang) as quiet:
        for number in range(40):
            try:
                await loud.rpc("square.double", {"number": number})
            except centrifuge.ReplyError as error:
                codes.append(error.code)
            except centrifuge.CentrifugeError:
                break
        assert await ended(loud) == 3509
        assert (await quiet.rpc("square.double", {"number": 4})).data == {"twice": 8}
    assert codes == [111] * 10


async def test_token_scopes_hold_for_channels_calls_and_the_door_itself(server: str) -> None:
    everything, nothing = person(scopes=frozenset({"*"})), person(scopes=frozenset({"live:connect"}))
    reading = person(scopes=frozenset({"live:connect", "square"}))
    async with connected(server, everything) as client:
        await follow(client, "square:1")
        await client.publish("square:1", {"text": "Mari ki’"})
        assert (await client.rpc("square.double", {"number": 2})).data == {"twice": 4}
    async with connected(server, reading) as client:
        await follow(client, "square:1")
        assert await code_of(client.publish("square:1", {"text": "Mari ki’"})) == 103
        assert await code_of(client.rpc("square.double", {"number": 2})) == 103
    async with connected(server, nothing) as client:
        assert await code_of(client.history("square:1", limit=1)) == 103
        assert await code_of(client.presence("square:1")) == 103
        assert await code_of(client.history(f"person:{nothing.person_id}", limit=1)) == 103
        with pytest.raises(centrifuge.CentrifugeError):
            await follow(client, "square:1")


async def code_of(call: Awaitable[object]) -> int:
    with pytest.raises(centrifuge.ReplyError) as refused:
        await call
    code: int = refused.value.code
    return code


def test_the_pace_is_room_for_a_burst_and_then_so_many_a_second(usual_pace: None) -> None:
    pacer = Pacer(Pace(burst=3, a_second=2))
    assert [pacer.take("a", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert pacer.take("b", 100.0) == 0.0
    assert [pacer.take("a", 100.5) > 0, pacer.take("a", 100.5) > 0] == [False, True]
