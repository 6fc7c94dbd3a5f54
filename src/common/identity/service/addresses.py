"""Addresses: asked for, proven by a code, lost to who proves them first.

Two who prove one address at once stand in line at the address (an advisory lock), then at the rows of the people, in the order of ids.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, events
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.identity import policy, queries
from common.identity.errors import AddressTaken, NothingToConfirm
from common.identity.models import AddressChange, Change, ConfirmationCode, Person, Purpose
from common.identity.policy import Address
from common.identity.service import ways_back
from common.identity.service.codes import redeem, send_code
from common.identity.service.sessions import Client, end_keys


async def hold(session: AsyncSession, address: Address) -> None:
    """Nobody else proves this address before this transaction ends. Ask before any person's row is locked."""
    name = func.hashtextextended(f"address:{address.text.casefold()}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(name)))


async def ask_address(session: AsyncSession, actor: Actor, address: Address) -> Person:
    """A second or another address. It waits for its code, and the confirmed one counts until then. Raises `AddressTaken`."""
    person = await queries.for_update(session, actor.person_id)
    if address in policy.confirmed_addresses(person) or person.claimed == address.text:
        return person
    if await queries.by_address(session, address) is not None:
        raise AddressTaken
    await drop_change(session, person)
    if person.confirmed:
        session.add(AddressChange(person_id=person.id, kind=address.kind, address=address.text))
    else:  # one claim for another
        person.phone = person.email = None
        setattr(person, address.kind, address.text)
    await session.flush()
    return person


async def drop_change(session: AsyncSession, person: Person) -> None:
    """The address that waited does not come."""
    await session.execute(delete(AddressChange).where(col(AddressChange.person_id) == person.id))


async def ask_confirmation(session: AsyncSession, person: Person, client: Client | None = None) -> tuple[Address, str]:
    """Send a code to the address that waits for it: where it went, and the code. Raises `NothingToConfirm`."""
    address = await queries.waiting_address(session, person)
    if address is None:
        raise NothingToConfirm
    return address, await send_code(session, person.id, address, Purpose.CONFIRM, client=client, locale=person.locale)


async def confirm(session: AsyncSession, actor: Actor, code: str) -> Person:
    """The address that waits is proven by its code. Other sessions and all tokens end when it replaces one or joins one.

    Raises `WrongCode`, `NothingToConfirm`, `AddressTaken`.
    """
    address = await queries.waiting_address(session, await queries.by_id(session, actor.person_id))
    if address is None:
        raise NothingToConfirm
    await hold(session, address)
    person = await queries.for_update(session, actor.person_id)
    if await queries.waiting_address(session, person) != address:
        raise NothingToConfirm
    await redeem(address, Purpose.CONFIRM, code, person_id=person.id)
    return await prove(session, person, address, actor)


async def prove(session: AsyncSession, person: Person, address: Address, actor: Actor | None = None) -> Person:
    """The address is this person's from now on; whoever only claimed it, loses it. For who holds the address and the row."""
    was = next((one for one in policy.confirmed_addresses(person) if one.kind == address.kind), None)
    is_change = person.confirmed and was != address
    await _take_from_others(session, person, address)
    setattr(person, address.kind, address.text)
    setattr(person, f"{address.kind}_confirmed_at", clock.now())
    await drop_change(session, person)
    await _flush(session)
    what = Happening.ADDRESS_CHANGED if is_change else Happening.ADDRESS_CONFIRMED
    await happenings.record(session, person.id, what, kind=address.kind)
    if is_change:
        await end_keys(session, person.id, but=actor.session_id if actor else None)
        await ways_back.open_way_back(session, person, Change.ADDRESS, old=was, kind=address.kind)
    await events.publish(session, events.PersonConfirmed(person.id))
    return person


async def put_back(session: AsyncSession, person: Person, kind: str, old: str | None) -> None:
    """As it was before a change. Raises `AddressTaken` when somebody else has proven it meanwhile."""
    if old:
        await _take_from_others(session, person, Address("phone" if kind == "phone" else "email", old))
    setattr(person, kind, old)
    setattr(person, f"{kind}_confirmed_at", clock.now() if old else None)
    if old:
        person.unreachable_since = None
    await _flush(session)


async def release(session: AsyncSession, address: Address, code: str, client: Client | None = None) -> None:
    """Who proves an address that stands in an account of somebody else's making takes it away from there, and gets nothing else: neither
    its sessions and tokens, which end, nor what is in it. The address is free for an account of one's own. Raises `WrongCode`.
    """
    person_id = await redeem(address, Purpose.RESET, code, client=client)
    await hold(session, address)
    person = await queries.for_update(session, person_id)
    if address in policy.confirmed_addresses(person):
        await lose(session, person, address)
        if person.confirmed:
            await ways_back.open_way_back(session, person, Change.ADDRESS, old=None, kind=address.kind)


async def lose(session: AsyncSession, person: Person, address: Address) -> None:
    """The address is somebody else's. An account without another one is unreachable: no password fits it any more."""
    setattr(person, address.kind, None)
    setattr(person, f"{address.kind}_confirmed_at", None)
    if not person.phone and not person.email:
        person.unreachable_since, person.password_hash = clock.now(), policy.NO_PASSWORD
        await drop_change(session, person)
    await end_keys(session, person.id)
    await happenings.record(session, person.id, Happening.ADDRESS_CHANGED, by_owner=False, kind=address.kind)


async def _take_from_others(session: AsyncSession, person: Person, address: Address) -> None:
    for other in await queries.claimants_for_update(session, address, but=person.id):
        await lose(session, other, address)
    waiting = col(AddressChange.address) == address.text, col(AddressChange.person_id) != person.id
    await session.execute(delete(AddressChange).where(*waiting))
    await session.execute(delete(ConfirmationCode).where(col(ConfirmationCode.address) == address.text))
    await session.flush()


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise AddressTaken from error
