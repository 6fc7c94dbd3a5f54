"""Signing in: slowly for who guesses, with the same answer and the same work for accounts that do not exist."""

from collections.abc import Sequence
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
from common.identity.models import Ceremony, Person, PersonSession, Purpose
from common.identity.policy import Address, device_of
from common.identity.service import addresses, devices, keys, on_record, passkeys, passwords, second_factor, throttling
from common.identity.service.codes import redeem
from common.identity.service.sessions import Client, open_session, rotate

HALF_WAY_SECONDS = 600


@dataclass(frozen=True)
class Entered:
    """`token` is the session's, for the cookie. While `second_factor_due`, it opens nothing but `finish`."""

    person: Person
    token: str
    second_factor_due: bool = False


async def sign_in(
    session: AsyncSession, address: Address, password: str, client: Client, *, code: str | None = None, confirmation: str | None = None
) -> Entered:
    """Open a session; with a `confirmation` code a new account's address is proven, too.

    Raises `WrongCredentials`, `WrongSecondFactor`, `Throttled`, `WrongCode`, `AddressTaken`.
    """
    if confirmation:
        await addresses.hold(session, address)
    person = await check_password(session, address, password, client)
    due = await queries.has_second_factor(session, person.id)
    if due and code:
        on_record.failing(session, person.id, client, "code")
        await second_factor.check(session, person.id, code, by=devices.known(client.known, [person.id]))
        due = False
    if confirmation and not person.confirmed and person.claimed == address.text:
        await redeem(address, Purpose.CONFIRM, confirmation, person_id=person.id)
        await addresses.prove(session, await queries.for_update(session, person.id), address)
    token = await open_session(session, person.id, client, second_factor_due=due)
    if not due:
        await happenings.record(session, person.id, Happening.SIGNED_IN, device=device_of(client.user_agent))
    return Entered(person, token, due)


async def sign_in_whole(
    session: AsyncSession, address: Address, password: str, client: Client, *, code: str | None = None, confirmation: str | None = None
) -> Entered:
    """For programs, which have one request: without the second factor where it is on, `SecondFactorNeeded`."""
    entered = await sign_in(session, address, password, client, code=code, confirmation=confirmation)
    if entered.second_factor_due:
        on_record.failing(session, entered.person.id, client, "code")
        raise SecondFactorNeeded
    return entered


async def finish(session: AsyncSession, half_way: str, code: str, client: Client) -> Entered:
    """The second step in a browser: the half-way session becomes a whole one under a new token."""
    row = await half_way_of(session, half_way)
    on_record.failing(session, row.person_id, client, "code")
    await second_factor.check(session, row.person_id, code, by=devices.known(client.known, [row.person_id]))
    return await _made_whole(session, row)


async def finish_by_passkey(session: AsyncSession, half_way: str, answer: str, client: Client) -> Entered:
    """The same by a passkey of the person whose password it was."""
    row = await half_way_of(session, half_way)
    on_record.failing(session, row.person_id, client, "passkey")
    await passkeys.check(session, answer, Ceremony.SECOND_STEP, str(row.id), person_id=row.person_id)
    return await _made_whole(session, row)


async def sign_in_by_passkey(session: AsyncSession, answer: str, browser: str, client: Client) -> Entered:
    """A passkey is password and second factor in one: nobody says who comes, the passkey does. `browser`: to which it was asked for."""
    person = await passkeys.check(session, answer, Ceremony.SIGN_IN, browser)
    token = await open_session(session, person.id, client)
    await happenings.record(session, person.id, Happening.SIGNED_IN, device=device_of(client.user_agent))
    return Entered(person, token)


async def half_way_of(session: AsyncSession, half_way: str) -> PersonSession:
    """The session that waits for its second factor, for ten minutes. Raises `Unauthenticated`."""
    row = await session.scalar(
        select(PersonSession).where(
            col(PersonSession.token_hash) == keys.hash_of(half_way),
            col(PersonSession.second_factor_due),
            col(PersonSession.revoked_at).is_(None),
        )
    )
    if row is None or (clock.now() - row.created_at).total_seconds() > HALF_WAY_SECONDS:
        raise Unauthenticated
    return row


async def _made_whole(session: AsyncSession, row: PersonSession) -> Entered:
    await happenings.record(session, row.person_id, Happening.SIGNED_IN, device=row.device)
    return Entered(await queries.by_id(session, row.person_id), await rotate(session, row.id))


async def check_password(session: AsyncSession, address: Address, password: str, client: Client) -> Person:
    """Whose password this is. The tries of the account and of the network are counted before anything is judged.

    Several accounts may claim one address until somebody proves it: then the password says which of them is meant. The person's row is
    held: whoever changes the password at the same time ends this session, too.
    """
    people = await queries.at_sign_in(session, address)
    counted = await _count(address, client, devices.known(client.known, [person.id for person in people]))
    on_record.failing(session, people[0].id if len(people) == 1 else None, client, "password")
    person = await _whose(people, password)
    if person is None:
        raise WrongCredentials
    for kind, name in counted:
        await throttling.give_back(kind, name)
    await throttling.forgive(*counted[0])
    checked = person.password_hash
    person = await queries.for_update(session, person.id)
    if person.password_hash != checked:
        raise WrongCredentials
    if passwords.outdated(checked):
        person.password_hash = await passwords.hashed(password)
    return person


async def _whose(people: Sequence[Person], password: str) -> Person | None:
    """Without anybody at the address the same work is done."""
    for person in people:
        if await passwords.fits(person.password_hash, password):
            return person
    if not people:
        await passwords.fits(None, password)
    return None


async def _count(address: Address, client: Client, known: str) -> list[tuple[str, str]]:
    if known:
        await throttling.count("known-device", f"{address.text} {known}", throttling.SIGN_IN)
        return [("known-device", f"{address.text} {known}")]
    return await throttling.count_sign_in(client.network, client.device, client.user_agent, address.text)


async def session_id_of(session: AsyncSession, token: str) -> UUID | None:
    """The id of the session that has this token."""
    found: UUID | None = await session.scalar(select(col(PersonSession.id)).where(col(PersonSession.token_hash) == keys.hash_of(token)))
    return found
