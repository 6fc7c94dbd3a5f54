"""An address belongs to who proves it: a squatter has nothing of the owner's, the owner nothing of the squatter's."""

import asyncio
import re
from collections.abc import Awaitable
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy.exc import IntegrityError

from common import clock
from common.account import jobs
from common.account.service import leaving
from common.db import hot, unit_of_work
from common.identity import queries, service
from common.identity.errors import AddressTaken, WrongCode
from common.identity.models import Person, Purpose
from common.identity.policy import Address
from common.identity.schemas import ChangePassword, GiveNik, MakeToken, ResetPassword
from common.identity.service import second_factor
from common.identity.service.codes import redeem
from tests.common.identity import make
from tests.common.identity.test_second_factor import code_of
from tests.common.identity.test_signing_in import a_sign_up
from tests.conftest import new_client

ADDRESS = "sitti@contoh.id"
WANTED = Address("email", ADDRESS)


async def test_who_only_claims_an_address_loses_it_to_who_proves_it(client: httpx.AsyncClient, app: Litestar) -> None:
    async with new_client(app) as squatter:
        await _sign_up(squatter, "Penyerobot", "kata sandi penyerobot")
        assert (await squatter.get("/api/v1/people/me")).json()["assurance"] == 0
        code = await _sign_up(client, "Sitti", make.PASSWORD)
        mine = {"X-CSRF-Token": make.form_token(client)}
        assert (await client.post("/api/v1/confirmations", json={"code": code}, headers=mine)).json()["assurance"] == 1
        assert (await squatter.get("/api/v1/people/me")).status_code == 401, "the squatter's session has ended"
        squatter.cookies.clear()
        back = {"address": ADDRESS, "password": "kata sandi penyerobot"}
        assert (await squatter.post("/api/v1/sessions", json=back)).status_code == 401, "and no password opens that account any more"
    assert (await client.get("/api/v1/people/me")).json()["name"] == "Sitti"
    async with hot() as connection:
        lost = await connection.fetchrow("SELECT email, unreachable_since FROM person WHERE name = 'Penyerobot'")
    assert lost["email"] is None and lost["unreachable_since"] is not None


async def test_an_unconfirmed_account_gets_no_token(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/people", json=a_sign_up(ADDRESS))
    entered = await client.post("/api/v1/sessions", json={"address": ADDRESS, "password": make.PASSWORD})
    mine = {"X-CSRF-Token": entered.json()["form_token"]}
    made = await client.post("/api/v1/tokens", json={"name": "kasir", "scopes": ["*"]}, headers=mine)
    assert (made.status_code, made.json()["code"]) == (403, "confirm_first")
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM api_token") == 0
        with pytest.raises(Exception, match="nobody has proven"):
            await connection.execute(
                "INSERT INTO api_token (id, person_id, token_hash, name, scopes, created_at, expires_at) "
                "SELECT gen_random_uuid(), id, 'x', 'x', '{}', now(), now() FROM person"
            )


async def test_a_reset_code_for_a_claimed_address_goes_nowhere(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.person(session, "Penyerobot", address=ADDRESS, confirmed=False)
    code = (await client.post("/api/v1/codes", json={"purpose": "reset", "address": ADDRESS})).json()["code"]
    refused = await client.post("/api/v1/passwords", json={"address": ADDRESS, "code": code, "password": "pisang epe malam"})
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_code")
    async with hot() as connection:
        assert await connection.fetchval("SELECT channel FROM channel_message WHERE template = 'identity.reset'") == "nowhere"


async def test_a_second_address_that_waits_counts_for_nothing(client: httpx.AsyncClient, app: Litestar) -> None:
    """The squatter is confirmed by an address of his own, and claims the owner's as a second one."""
    async with unit_of_work() as session:
        squatter = await make.person(session, "Penyerobot")
        await service.ask_address(session, make.actor_of(squatter), WANTED)
    assert (await client.post("/api/v1/sessions", json={"address": ADDRESS, "password": make.PASSWORD})).status_code == 401
    code = await _sign_up(client, "Sitti", "songkolo pagi hari")
    await client.post("/api/v1/confirmations", json={"code": code}, headers={"X-CSRF-Token": make.form_token(client)})
    async with unit_of_work() as session:
        assert await queries.waiting_address(session, await queries.by_id(session, squatter.id)) is None
        assert (await queries.by_id(session, squatter.id)).unreachable_since is None, "his own address stands"
        owner = await queries.by_address(session, WANTED)
    assert owner is not None and owner.name == "Sitti"


async def test_two_who_prove_one_address_at_once_are_one(database: None) -> None:
    async with unit_of_work() as session:
        people = [await make.person(session, name, address=ADDRESS, confirmed=False) for name in ("Satu", "Dua", "Tiga")]
        codes = [(await service.ask_confirmation(session, person))[1] for person in people]

    async def prove(number: int) -> bool:
        try:
            async with unit_of_work() as session:
                await service.confirm(session, make.actor_of(people[number]), codes[number])
        except Exception:
            return False
        return True

    assert sorted(await asyncio.gather(*(prove(number) for number in range(3)))) == [False, False, True]
    async with hot() as connection:
        held = await connection.fetch("SELECT email_confirmed_at FROM person WHERE email = $1", ADDRESS)
    assert [row["email_confirmed_at"] is not None for row in held] == [True]


async def test_the_database_knows_one_owner_of_an_address(database: None) -> None:
    with pytest.raises(IntegrityError, match="uq_person_email_confirmed"):
        async with unit_of_work() as session:
            await make.person(session, address=ADDRESS)
            other = await make.person(session, address="lain@contoh.id")
            other.email = ADDRESS
            await session.flush()


async def test_who_holds_an_address_that_another_one_confirmed_takes_it_out_of_there_and_nothing_else(
    client: httpx.AsyncClient, app: Litestar
) -> None:
    """A telephone number that was given to somebody else; an inbox that somebody read for a while."""
    async with new_client(app) as squatter:
        async with unit_of_work() as session:
            other = await make.person(session, "Pemilik Lama", address=ADDRESS)
            await service.give_nik(session, make.actor_of(other), GiveNik(nik="7371034208900003"))
            await make.enter(session, squatter, other)
            program = await make.bearer(session, other, "*")
        code = (await client.post("/api/v1/codes", json={"purpose": "reset", "address": ADDRESS})).json()["code"]
        freed = await client.post("/api/v1/address-releases", json={"address": ADDRESS, "code": code})
        assert freed.status_code == 204, freed.text
        assert (await squatter.get("/api/v1/people/me")).status_code == 401
        assert (await squatter.get("/api/v1/people/me", headers=program)).status_code == 401
        code = await _sign_up(client, "Sitti", make.PASSWORD)
        mine = {"X-CSRF-Token": make.form_token(client)}
        me = (await client.post("/api/v1/confirmations", json={"code": code}, headers=mine)).json()
        assert (me["name"], me["nik"], me["assurance"]) == ("Sitti", None, 1)
        assert me["id"] != str(other.id)
        squatter.cookies.clear()
        again = {"address": ADDRESS, "password": make.PASSWORD}
        assert (await squatter.post("/api/v1/sessions", json=again)).json()["person_id"] == me["id"]


async def test_the_same_by_the_pages(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.person(session, "Pemilik Lama", address=ADDRESS)
    await client.get("/lupa-sandi")
    await client.post("/lupa-sandi", data={"address": ADDRESS, "_csrf": make.seed_token(client)})
    found = re.search(r"Kode Anda: (\d{6})", (await client.get("/dev/pesan")).text)
    assert found
    freed = await client.post("/lupa-sandi/lepas", data={"address": ADDRESS, "code": found[1], "_csrf": make.seed_token(client)})
    assert (freed.status_code, freed.headers["location"]) == (303, "/daftar")
    async with unit_of_work() as session:
        assert (await client.post("/api/v1/people", json=a_sign_up(ADDRESS, "Sitti"))).status_code == 201
        assert await queries.by_address(session, WANTED) is None


async def test_an_account_that_lost_its_address_is_closed_after_a_month(database: None) -> None:
    async with unit_of_work() as session:
        lost = await make.person(session, "Penyerobot", address=ADDRESS, confirmed=False)
        owner = await make.person(session, "Sitti", address=ADDRESS, confirmed=False)
        _, code = await service.ask_confirmation(session, owner)
    async with unit_of_work() as session:
        await service.confirm(session, make.actor_of(owner), code)
    await jobs.close_lost()
    assert await _closed(lost) is False
    with clock.frozen(clock.now() + timedelta(days=31)):
        await jobs.close_lost()
    assert (await _closed(lost), await _closed(owner)) == (True, False)


@pytest.mark.parametrize("change", ["password", "reset", "factor_on", "factor_off", "address", "closing"])
async def test_every_change_of_the_keys_ends_every_token(database: None, change: str) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
    finish = await CHANGES[change](person)
    async with unit_of_work() as session:
        await service.open_token(session, person.id, MakeToken(name="uji", scopes=["*"]))
        await service.open_session(session, person.id, service.Client())
    await finish
    async with hot() as connection:
        for table in ("api_token", "person_session"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table} WHERE revoked_at IS NULL") == 0


async def _password(person: Person) -> Awaitable[None]:
    async def finish() -> None:
        async with unit_of_work() as session:
            asked = ChangePassword(current=make.PASSWORD, password="pisang epe malam ini")
            await service.change_password(session, make.actor_of(person), asked)

    return finish()


async def _reset(person: Person) -> Awaitable[None]:
    async with unit_of_work() as session:
        code = await service.ask_reset(session, make.address_of(person))

    async def finish() -> None:
        async with unit_of_work() as session:
            asked = ResetPassword(address=make.address_of(person), code=code, password="pisang epe malam ini")
            await service.reset_password(session, asked)

    return finish()


async def _factor_on(person: Person) -> Awaitable[None]:
    async with unit_of_work() as session:
        secret, _ = await second_factor.begin(session, make.actor_of(person))

    async def finish() -> None:
        async with unit_of_work() as session:
            await second_factor.turn_on(session, make.actor_of(person), code_of(secret))

    return finish()


async def _factor_off(person: Person) -> Awaitable[None]:
    async with unit_of_work() as session:
        secret, _ = await second_factor.begin(session, make.actor_of(person))
    async with unit_of_work() as session:
        codes, _ = await second_factor.turn_on(session, make.actor_of(person), code_of(secret))

    async def finish() -> None:
        async with unit_of_work() as session:
            await second_factor.turn_off(session, make.actor_of(person), codes[0])

    return finish()


async def _address(person: Person) -> Awaitable[None]:
    async with unit_of_work() as session:
        asking = await service.ask_address(session, make.actor_of(person), WANTED)
        _, code = await service.ask_confirmation(session, asking)

    async def finish() -> None:
        async with unit_of_work() as session:
            await service.confirm(session, make.actor_of(person), code)

    return finish()


async def _closing(person: Person) -> Awaitable[None]:
    async def finish() -> None:
        async with unit_of_work() as session:
            await leaving.close_account(session, make.actor_of(person), make.PASSWORD)

    return finish()


CHANGES = {
    "password": _password, "reset": _reset, "factor_on": _factor_on, "factor_off": _factor_off, "address": _address, "closing": _closing,
}  # fmt: skip


async def test_a_token_that_is_being_made_while_the_password_changes_does_not_survive_it(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    asking = {"name": "kasir", "scopes": ["*"]}
    async with unit_of_work() as session:
        await queries.for_update(session, person.id)
        made = asyncio.create_task(client.post("/api/v1/tokens", json=asking, headers={"X-CSRF-Token": make.form_token(client)}))
        await asyncio.sleep(0.2)
        await service.end_keys(session, person.id)
    assert (await made).status_code == 401
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM api_token") == 0


async def test_nobody_uses_up_or_guesses_at_the_code_that_another_one_asked_for(database: None) -> None:
    owner, stranger = service.Client("10.0.0.1", device="owners"), service.Client("10.0.0.2", device="strangers")
    async with unit_of_work() as session:
        person = await make.person(session, address=ADDRESS)
        address = make.address_of(person)
        code = await service.ask_reset(session, address, owner)
        await service.ask_reset(session, address, stranger)
    for number in range(6):
        with pytest.raises(WrongCode):
            await redeem(address, Purpose.RESET, f"{(int(code) + 1 + number) % 1_000_000:06d}", client=stranger)
    with pytest.raises(WrongCode):
        await redeem(address, Purpose.RESET, code, client=stranger)
    assert await redeem(address, Purpose.RESET, code, client=owner) == person.id


async def test_an_address_that_is_proven_is_nobody_elses_to_ask_for(database: None) -> None:
    async with unit_of_work() as session:
        await make.person(session, address=ADDRESS)
        other = await make.person(session)
        with pytest.raises(AddressTaken):
            await service.ask_address(session, make.actor_of(other), WANTED)


async def _sign_up(client: httpx.AsyncClient, name: str, password: str) -> str:
    made = await client.post("/api/v1/people", json=a_sign_up(ADDRESS, name) | {"password": password})
    assert made.status_code == 201, made.text
    assert (await client.post("/api/v1/sessions", json={"address": ADDRESS, "password": password})).status_code == 201
    code: str = made.json()["confirmation"]["code"]
    return code


async def _closed(person: Person) -> bool:
    async with unit_of_work() as session:
        return (await queries.by_id(session, person.id)).closed_at is not None
