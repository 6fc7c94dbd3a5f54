"""Two web processes and a worker, forked as `marvec run` forks them, hear each other by wake-ups alone: the hubs never look into the
database here for what they missed.
"""

import asyncio
import signal
from collections.abc import AsyncIterator

import centrifuge
import pytest
from sqlalchemy import update
from sqlmodel import col

from common import clock, outbox
from common.actor import Actor, Role
from common.db import hot, unit_of_work
from common.embedded.valkey import Valkey
from common.identity import queries as identity
from common.identity import service
from common.identity.models import RoleGrant
from common.identity.schemas import MakeToken
from marvec.chat.service.writing import TELL
from tests.common.identity import make
from tests.common.live.make import connected, ended, first_of, follow
from tests.forked import CHECK_SECONDS, Forked, forked_city
from tests.marvec.chat.make import conversation, known, person, say


@pytest.fixture(scope="module")
async def city(house: None) -> AsyncIterator[Forked]:
    async with forked_city(**{CHECK_SECONDS: "3600"}) as running:
        yield running


async def test_messages_typing_and_receipts_arrive_in_the_other_process_at_once(database: None, city: Forked) -> None:
    daeng, puang = person(), person()
    talk = await conversation(daeng, puang)
    async with connected(city.webs[0], daeng) as one, connected(city.webs[1], puang) as two:
        heard = await follow(two, f"chat:{talk}")
        for number in range(1, 11):
            await one.rpc("chat.send", {"conversation": str(talk), "client_id": f"c{number}", "text": f"pesan {number}"})
            await heard.until(number)
        answer = await follow(one, f"chat:{talk}")
        await two.rpc("chat.typing", {"conversation": str(talk)})
        await two.rpc("chat.read", {"conversation": str(talk), "seq": 10})
        await answer.until(2)

    assert [data["text"] for _, data in heard.heard[:10]] == [f"pesan {number}" for number in range(1, 11)]
    assert [data["type"] for _, data in answer.heard] == ["typing", "read"]


async def test_what_the_worker_tells_arrives_at_once_in_both(database: None, city: Forked) -> None:
    daeng, puang = person("Daeng Ngalle"), person("Puang Rannu")
    await known(daeng, "+6281140000001")
    await known(puang, "+6281140000002")
    talk = await conversation(daeng, puang)
    await say(daeng, talk, "Masih ada?")
    async with connected(city.webs[0], puang) as one, connected(city.webs[1], puang) as two:
        listeners = [await follow(client, f"person:{puang.person_id}") for client in (one, two)]
        async with unit_of_work() as session:
            await outbox.enqueue(session, TELL, conversation_id=str(talk), person_id=str(puang.person_id))
        for heard in listeners:
            await heard.until(1)
    assert [[data["type"] for _, data in heard.heard] for heard in listeners] == [["notification"], ["notification"]]


async def test_the_worker_works_on_while_redis_hangs(database: None, city: Forked, valkey: Valkey) -> None:
    daeng, puang = person("Daeng Ngalle"), person("Puang Rannu")
    await known(daeng, "+6281140000003")
    await known(puang, "+6281140000004")
    talk = await conversation(daeng, puang)
    await say(daeng, talk, "Masih ada?")
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        async with unit_of_work() as session:
            await outbox.enqueue(session, TELL, conversation_id=str(talk), person_id=str(puang.person_id))
        async with asyncio.timeout(30), hot() as connection:
            while not await connection.fetchval("SELECT count(*) FROM notification WHERE person_id = $1", puang.person_id):
                await asyncio.sleep(0.05)
    finally:
        valkey.process.send_signal(signal.SIGCONT)


async def test_who_signs_out_is_gone_from_every_process(database: None, city: Forked) -> None:
    async with unit_of_work() as session:
        somebody = await make.person(session)
        token = await service.open_session(session, somebody.id, service.Client())
        session_id = await service.session_id_of(session, token)
    actor = make.actor_of(somebody, session_id=session_id)
    async with connected(city.webs[0], actor) as one, connected(city.webs[1], actor) as two:
        async with unit_of_work() as session:
            await service.sign_out(session, actor)
        assert [await ended(client) for client in (one, two)] == [3503, 3503]


async def test_a_token_that_is_revoked_and_a_role_that_is_taken_close_sockets_in_every_process(database: None, city: Forked) -> None:
    """Nobody sends a wake-up for these: the database tells of them by itself."""
    async with unit_of_work() as session:
        admin = await make.holder(session, Role.ADMIN)
        officer = await make.person(session)
        grant = await service.grant(session, None, officer.id, Role.OFFICER, "DISDUKCAPIL")
        program, _ = await service.open_token(session, admin.id, MakeToken(name="uji", scopes=["live:connect"]))
        desk, _ = await service.open_token(session, officer.id, MakeToken(name="uji", scopes=["live:connect", "desk"]))
        boss = await identity.actor_now(session, admin.id)
        clerk = await identity.actor_now(session, officer.id)
    with_program = Actor(admin.id, admin.name, scopes=frozenset(program.scopes), token_id=program.id)
    at_desk = Actor(officer.id, officer.name, grants=clerk.grants, scopes=frozenset(desk.scopes), token_id=desk.id)
    async with connected(city.webs[0], with_program) as one, connected(city.webs[1], at_desk) as two:
        lines = await follow(two, "desk:DISDUKCAPIL")
        async with unit_of_work() as session:
            await service.revoke_token(session, boss, program.id)
            await session.execute(update(RoleGrant).where(col(RoleGrant.id) == grant.id).values(revoked_at=clock.now()))
        assert await ended(one) == 3503
        assert await first_of(lines.ended) == 103  # the token stands, its owner's role does not
        assert two.line.reconnecting[1:] == [3011]
        with pytest.raises(centrifuge.CentrifugeError):
            async with connected(city.webs[1], with_program):
                pass
