"""Signing in: slowly for who guesses, with the same answer and the same work for accounts that do not exist."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import Unauthenticated
from common.identity import queries
from common.identity.errors import SecondFactorNeeded, WrongCredentials
from common.identity.models import Person, PersonSession
from common.identity.policy import Address, device_of
from common.identity.service import keys, on_record, passwords, second_factor, throttling
from common.identity.service.sessions import Client, open_session, rotate

HALF_WAY_SECONDS = 600


@dataclass(frozen=True)
class Entered:
    """`token` is the session's, for the cookie. While `second_factor_due`, it opens nothing but `finish`."""

    person: Person
    token: str
    second_factor_due: bool = False


async def sign_in(session: AsyncSession, address: Address, password: str, client: Client, *, code: str | None = None) -> Entered:
    """Open a session. Raises `WrongCredentials`, `WrongSecondFactor`, `Throttled`."""
    person = await check_password(session, address, password, client)
    due = await queries.has_second_factor(session, person.id)
    if due and code:
        on_record.failing(session, person.id, client, "code")
        await second_factor.check(session, person.id, code)
        due = False
    token = await open_session(session, person.id, client, second_factor_due=due)
    if not due:
        await happenings.record(session, person.id, Happening.SIGNED_IN, device=device_of(client.user_agent))
    return Entered(person, token, due)


async def sign_in_whole(session: AsyncSession, address: Address, password: str, client: Client, *, code: str | None = None) -> Entered:
    """For programs, which have one request: without the second factor where it is on, `SecondFactorNeeded`."""
    entered = await sign_in(session, address, password, client, code=code)
    if entered.second_factor_due:
        on_record.failing(session, entered.person.id, client, "code")
        raise SecondFactorNeeded
    return entered


async def finish(session: AsyncSession, half_way: str, code: str) -> Entered:
    """The second step in a browser: the half-way session becomes a whole one under a new token."""
    row = await session.scalar(
        select(PersonSession).where(
            col(PersonSession.token_hash) == keys.hash_of(half_way),
            col(PersonSession.second_factor_due),
            col(PersonSession.revoked_at).is_(None),
        )
    )
    if row is None or (clock.now() - row.created_at).total_seconds() > HALF_WAY_SECONDS:
        raise Unauthenticated
    on_record.failing(session, row.person_id, Client(user_agent=row.device), "code")
    await second_factor.check(session, row.person_id, code)
    await happenings.record(session, row.person_id, Happening.SIGNED_IN, device=row.device)
    return Entered(await queries.by_id(session, row.person_id), await rotate(session, row.id))


async def check_password(session: AsyncSession, address: Address, password: str, client: Client) -> Person:
    """Whose password this is. The tries of the account and of the network are counted before anything is looked at."""
    if client.network:
        await throttling.count("network", client.network, throttling.NETWORK)
    await throttling.count("account", address.text, throttling.SIGN_IN)
    person = await queries.by_address(session, address)
    on_record.failing(session, person.id if person else None, client, "password")
    if not await passwords.fits(person.password_hash if person else None, password) or person is None:
        raise WrongCredentials
    await throttling.forgive("account", address.text)
    if client.network:
        await throttling.give_back("network", client.network)
    if passwords.outdated(person.password_hash):
        person.password_hash = await passwords.hashed(password)
    return person


async def session_id_of(session: AsyncSession, token: str) -> UUID | None:
    """The id of the session that has this token."""
    found: UUID | None = await session.scalar(select(col(PersonSession.id)).where(col(PersonSession.token_hash) == keys.hash_of(token)))
    return found
