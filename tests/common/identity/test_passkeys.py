"""Passkeys: what counts once, here, and for one account; what a copy of one is worth; and whose roles wait for a second factor."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from common import clock
from common.actor import Actor, Role
from common.audit import happenings
from common.db import hot, unit_of_work
from common.errors import Unauthenticated
from common.identity import middleware, queries, service
from common.identity.errors import (
    ChallengeOver,
    ConfirmFirst,
    PasskeyCloned,
    PasskeyTaken,
    TooManyPasskeys,
    WrongPasskey,
    WrongSecondFactor,
)
from common.identity.models import Ceremony, Passkey, Person
from common.identity.service import challenges, passkeys, second_factor
from common.settings import get_settings
from tests.common.identity import make
from tests.common.identity.authenticator import PRESENT, Authenticator
from tests.common.identity.test_second_factor import code_of
from tests.conftest import RunJobs

pytestmark = pytest.mark.usefixtures("database")
BROWSER = "a stranger's browser"
OLD = "sitti@contoh.id"


async def entered(person: Person) -> Actor:
    """The person in a session of her own."""
    async with unit_of_work() as session:
        token = await service.open_session(session, person.id, service.Client())
        session_id = await service.session_id_of(session, token)
    return make.actor_of(person, session_id=session_id)


async def owner(device: Authenticator, address: str | None = None) -> tuple[Actor, list[str]]:
    """Somebody who has registered this passkey, and the recovery codes."""
    async with unit_of_work() as session:
        person = await make.person(session, address=address)
    actor = await entered(person)
    return actor, await register(actor, device)


async def register(actor: Actor, device: Authenticator, name: str = "HP biru") -> list[str]:
    async with unit_of_work() as session:
        options = await passkeys.creation_options(session, actor)
    async with unit_of_work() as session:
        return (await passkeys.register(session, actor, name, device.make(options, actor.person_id))).codes


async def answer(device: Authenticator, count: int | None = None, handle: bytes | None = None) -> str:
    async with unit_of_work() as session:
        return device.sign(await passkeys.request_options(session, Ceremony.SIGN_IN, BROWSER), count=count, handle=handle)


async def come_in(given: str, browser: str = BROWSER) -> UUID:
    async with unit_of_work() as session:
        return (await service.sign_in_by_passkey(session, given, browser, service.Client())).person.id


async def told_of(person_id: UUID) -> list[str]:
    async with unit_of_work() as session:
        return [row.what.value for row in await happenings.of_person(session, person_id, None, 100)]


async def test_a_passkey_alone_opens_a_proven_session() -> None:
    device = Authenticator()
    actor, codes = await owner(device)
    assert len(codes) == 10
    async with unit_of_work() as session:
        token = (await service.sign_in_by_passkey(session, await answer(device), BROWSER, service.Client())).token
    found = await middleware.by_session(token)
    assert found is not None and found.person_id == actor.person_id and found.proven_at is not None
    assert (await told_of(actor.person_id))[:2] == ["account.signed_in", "account.passkey_on"]


async def test_an_answer_counts_once_even_ten_at_a_time() -> None:
    device = Authenticator()
    await owner(device)
    given = await answer(device)
    results = await asyncio.gather(*(come_in(given) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, UUID) for result in results) == 1
    assert sum(isinstance(result, ChallengeOver) for result in results) == 9
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM person_session") == 2
        assert await connection.fetchval("SELECT count(*) FROM passkey_challenge") == 0


async def test_of_ten_answers_with_one_counter_one_counts() -> None:
    device = Authenticator()
    await owner(device)
    given = [await answer(device, count=7) for _ in range(10)]
    results = await asyncio.gather(*map(come_in, given), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["PasskeyCloned"] * 9 + ["UUID"]


async def test_a_challenge_lives_five_minutes_in_the_browser_that_asked() -> None:
    device = Authenticator()
    await owner(device)
    late, elsewhere = await answer(device), await answer(device)
    with clock.frozen(clock.now() + timedelta(minutes=5, seconds=1)), pytest.raises(ChallengeOver):
        await come_in(late)
    with pytest.raises(ChallengeOver):
        await come_in(elsewhere, "another browser")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        await challenges.forget_over()
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM passkey_challenge") == 0


async def test_an_answer_for_another_purpose_is_none() -> None:
    device = Authenticator()
    actor, _ = await owner(device)
    async with unit_of_work() as session:
        given = device.sign(await passkeys.request_options(session, Ceremony.PROOF, str(actor.session_id), person_id=actor.person_id))
    with pytest.raises(ChallengeOver):
        await come_in(given, str(actor.session_id))


@pytest.mark.parametrize("forged", ["origin", "key", "unverified", "handle", "unknown"])
async def test_what_another_one_has_signed_lets_nobody_in(forged: str) -> None:
    device = Authenticator()
    await owner(device)
    false = {
        "origin": Authenticator(device.key, device.credential_id, handle=device.handle, origin="http://testserver.penipu.example"),
        "key": Authenticator(credential_id=device.credential_id, handle=device.handle),
        "unverified": Authenticator(device.key, device.credential_id, handle=device.handle, flags=PRESENT),
        "handle": Authenticator(device.key, device.credential_id, handle=uuid4().bytes),
        "unknown": Authenticator(handle=device.handle),
    }[forged]
    given = await answer(false)
    with pytest.raises(WrongPasskey):
        await come_in(given)
    with pytest.raises(ChallengeOver):
        await come_in(given)
    await come_in(await answer(device))


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", '{"response": {"clientDataJSON": "AAAA"}}', '{"response": {"clientDataJSON": 7}}', "\x00"]
)
async def test_what_is_no_answer_is_refused(sent: str) -> None:
    with pytest.raises(WrongPasskey):
        await come_in(sent)


async def test_a_passkey_belongs_to_one_account() -> None:
    device, own = Authenticator(), Authenticator()
    await owner(device)
    other, _ = await owner(own)
    with pytest.raises(PasskeyTaken):
        await register(other, device)
    async with unit_of_work() as session:
        asked = await passkeys.request_options(session, Ceremony.PROOF, str(other.session_id), person_id=other.person_id)
    with pytest.raises(WrongPasskey):
        async with unit_of_work() as session:
            await passkeys.check(session, device.sign(asked), Ceremony.PROOF, str(other.session_id), person_id=other.person_id)
    async with hot() as connection:
        with pytest.raises(Exception, match="keeps its person"):
            await connection.execute("UPDATE passkey SET person_id = $1 WHERE credential_id = $2", other.person_id, device.credential_id)


async def test_a_counter_that_goes_back_is_refused_and_the_owner_hears_of_it(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    device = Authenticator()
    actor, _ = await owner(device, OLD)
    await come_in(await answer(device, count=7))
    for count in (7, 3):
        with pytest.raises(PasskeyCloned):
            await come_in(await answer(device, count=count))
    await run_jobs()
    assert (await told_of(actor.person_id)).count("account.passkey_cloned") == 2
    letters = (await client.get("/dev/pesan")).text
    assert "“HP biru” baru saja ditolak" in letters and "/akun/keamanan" in letters
    async with hot() as connection:
        assert await connection.fetchval("SELECT sign_count FROM passkey") == 7
        with pytest.raises(Exception, match="counter goes up"):
            await connection.execute("UPDATE passkey SET sign_count = 6")
    await come_in(await answer(device, count=8))


async def test_an_authenticator_that_counts_nothing_is_none_the_worse() -> None:
    device = Authenticator()
    await owner(device)
    for _ in range(2):
        await come_in(await answer(device, count=0))


async def test_only_who_has_proven_an_address_makes_passkeys_and_ten_at_most() -> None:
    async with unit_of_work() as session:
        claiming = await make.person(session, confirmed=False)
    with pytest.raises(ConfirmFirst):
        await register(await entered(claiming), Authenticator())
    with pytest.raises(IntegrityError, match="nobody has proven"):
        async with unit_of_work() as session:
            session.add(Passkey(person_id=claiming.id, credential_id=b"1" * 32, public_key=b"2", name="HP"))
    async with unit_of_work() as session:
        person = await make.person(session)
    actor = await entered(person)
    for _ in range(passkeys.MOST):
        await register(actor, Authenticator())
    with pytest.raises(TooManyPasskeys):
        await register(actor, Authenticator())


async def test_to_make_or_remove_one_ends_the_other_sessions_and_all_tokens(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address=OLD)
    device = Authenticator()
    for change in ("passkey_on", "passkey_off"):
        actor, other = await entered(person), await entered(person)
        async with unit_of_work() as session:
            headers = await make.bearer(session, person, "account:read")
        if change == "passkey_on":
            await register(actor, device)
        else:
            async with unit_of_work() as session:
                (row,) = await queries.passkeys_of(session, person.id)
                await passkeys.remove(session, actor, row.id)
        async with unit_of_work() as session:
            assert await queries.stands(session, actor) and not await queries.stands(session, other)
        assert (await client.get("/api/v1/people/me", headers=headers)).status_code == 401
        async with hot() as connection:
            assert await connection.fetchval("SELECT change FROM way_back ORDER BY id DESC LIMIT 1") == change
    with pytest.raises(WrongPasskey):
        await come_in(await answer(device))
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM recovery_code") == 0


async def test_a_session_that_has_ended_meanwhile_registers_nothing() -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
    actor = await entered(person)
    async with unit_of_work() as session:
        await service.end_keys(session, person.id)
    with pytest.raises(Unauthenticated):
        await register(actor, Authenticator())


async def test_the_way_back_takes_a_thief_s_passkey_and_gives_the_owner_s_back(client: httpx.AsyncClient) -> None:
    mine, thiefs = Authenticator(), Authenticator()
    actor, _ = await owner(mine, OLD)
    async with unit_of_work() as session:
        (row,) = await queries.passkeys_of(session, actor.person_id)
        await passkeys.remove(session, actor, row.id)
    await register(actor, thiefs)
    links = re.findall(r"/akun/kembalikan/([\w-]+)", (await client.get("/dev/pesan")).text)
    removal = list(dict.fromkeys(links))[1]  # the newest is first
    async with unit_of_work() as session:
        await service.take_way_back(session, removal)
    with pytest.raises(WrongPasskey):
        await come_in(await answer(thiefs))
    assert await come_in(await answer(mine)) == actor.person_id


async def test_with_a_passkey_the_password_alone_lets_nobody_in() -> None:
    device = Authenticator()
    actor, codes = await owner(device)
    async with unit_of_work() as session:
        address = make.address_of(await queries.by_id(session, actor.person_id))
    half_ways = []
    for _ in range(3):
        async with unit_of_work() as session:
            half = await service.sign_in(session, address, make.PASSWORD, service.Client())
        assert half.second_factor_due and await middleware.by_session(half.token) is None
        half_ways.append(half.token)
    async with unit_of_work() as session:
        row = await service.half_way_of(session, half_ways[0])
        given = device.sign(await passkeys.request_options(session, Ceremony.SECOND_STEP, str(row.id), person_id=actor.person_id))
    with pytest.raises(ChallengeOver):
        async with unit_of_work() as session:
            await service.finish_by_passkey(session, half_ways[1], given, service.Client())
    async with unit_of_work() as session:
        row = await service.half_way_of(session, half_ways[1])
        given = device.sign(await passkeys.request_options(session, Ceremony.SECOND_STEP, str(row.id), person_id=actor.person_id))
    async with unit_of_work() as session:
        whole = await service.finish_by_passkey(session, half_ways[1], given, service.Client())
    assert await middleware.by_session(whole.token) is not None
    async with unit_of_work() as session:
        secret, _ = await second_factor.begin(session, actor)  # begun and never confirmed: it counts for nothing
    with pytest.raises(WrongSecondFactor):
        async with unit_of_work() as session:
            await service.finish(session, half_ways[2], code_of(secret), service.Client())
    async with unit_of_work() as session:
        assert (await service.finish(session, half_ways[2], codes[0], service.Client())).person.id == actor.person_id


async def test_a_closed_account_keeps_none() -> None:
    device = Authenticator()
    actor, _ = await owner(device)
    async with unit_of_work() as session:
        await service.close_person(session, actor.person_id)
    with pytest.raises(WrongPasskey):
        await come_in(await answer(device))
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM passkey") == 0


@pytest.fixture
def staff_needs_factor(house: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MARVEC_STAFF_FACTOR", "true")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.mark.parametrize("role", list(Role))
async def test_no_role_counts_without_a_second_factor(staff_needs_factor: None, client: httpx.AsyncClient, role: Role) -> None:
    async with unit_of_work() as session:
        person = await make.holder(session, role, "DISDUKCAPIL")
        headers = await make.bearer(session, person, "*")
    actor = await entered(person)
    async with unit_of_work() as session:
        now = await queries.actor_now(session, person.id)
    assert (now.grants, now.factor_due) == (frozenset(), True)
    told = (await client.get("/api/v1/people/me", headers=headers)).json()
    assert (told["roles"], told["factor_due"]) == ([], True)
    await register(actor, Authenticator())
    async with unit_of_work() as session:
        assert (await queries.actor_now(session, person.id)).has(role)
        headers = await make.bearer(session, person, "*")
    told = (await client.get("/api/v1/people/me", headers=headers)).json()
    assert (told["roles"], told["factor_due"]) == ([f"{role}:DISDUKCAPIL"], False)


async def test_staff_is_led_to_set_one_up_and_comes_to_the_desk_by_it(staff_needs_factor: None, client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.holder(session, Role.OPERATOR)
    await client.get("/masuk")
    form = {"address": person.phone, "password": make.PASSWORD, "lanjut": "/operator", "_csrf": make.seed_token(client)}
    assert (await client.post("/masuk", data=form)).headers["location"] == "/akun/keamanan"
    assert "Peran Anda di kota baru berlaku" in (await client.get("/akun/keamanan")).text
    refused = await client.get("/operator")
    assert (refused.status_code, refused.headers["location"]) == (303, "/akun/keamanan")
    refused = await client.get("/operator", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "factor_needed")
    mine = {"X-CSRF-Token": make.form_token(client)}
    secret = (await client.post("/api/v1/totp", headers=mine)).json()["secret"]
    assert (await client.get("/operator")).status_code == 303, "begun is not done"
    assert (await client.post("/api/v1/totp/confirmations", json={"code": code_of(secret)}, headers=mine)).status_code == 201
    assert (await client.get("/operator")).status_code == 200


async def test_in_a_demonstration_roles_count_as_they_are(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.holder(session, Role.OPERATOR))
    assert (await client.get("/operator")).status_code == 200
