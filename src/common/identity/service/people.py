"""Accounts: signing up, confirming an address, changing what one says of oneself, a new password."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import Invalid
from common.i18n import N_, gettext
from common.identity import policy, queries
from common.identity.errors import AddressTaken, NothingToConfirm
from common.identity.models import Consent, Person, Purpose
from common.identity.policy import Address
from common.identity.schemas import ChangePassword, ChangePerson, ResetPassword, SignUp
from common.identity.service import passwords, throttling
from common.identity.service.codes import redeem, send_code
from common.identity.service.sessions import Client, revoke_all, rotate

TOO_EASY = N_("Kata sandi ini terlalu mudah ditebak. Coba gabungkan beberapa kata.")


async def sign_up(session: AsyncSession, asked: SignUp, client: Client | None = None) -> Person:
    """A new account, unconfirmed, with its consent on record. Raises `AddressTaken`."""
    if client:
        await throttling.count_sign_up(client.network, client.device, client.user_agent, asked.address.text)
    _refuse_weak(asked.password, asked.name, asked.address.text)
    person = Person(name=asked.name, locale=asked.locale, password_hash=await passwords.hashed(asked.password))
    setattr(person, asked.address.kind, asked.address.text)
    session.add(person)
    await _flush(session)
    session.add(Consent(person_id=person.id, purpose=policy.CONSENT_PURPOSE, version=policy.CONSENT_VERSION))
    await session.flush()
    return person


async def ask_confirmation(session: AsyncSession, person: Person, client: Client | None = None) -> tuple[Address, str]:
    """Send a code to the address that waits for it: where it went, and the code. Raises `NothingToConfirm`."""
    waiting = person.waiting_address()
    address = policy.address_of(waiting) if waiting else None
    if address is None:
        raise NothingToConfirm
    return address, await send_code(session, person.id, address, Purpose.CONFIRM, client=client, locale=person.locale)


async def confirm(session: AsyncSession, actor: Actor, code: str) -> Person:
    """One's own address is confirmed by its code: assurance 1. Raises `WrongCode`, `NothingToConfirm`."""
    person = await queries.for_update(session, actor.person_id)
    waiting = person.waiting_address()
    address = policy.address_of(waiting) if waiting else None
    if address is None:
        raise NothingToConfirm
    await redeem(address, Purpose.CONFIRM, code)
    _mark_confirmed(person, address)
    await happenings.record(session, person.id, Happening.ADDRESS_CONFIRMED, kind=address.kind)
    await events.publish(session, events.PersonConfirmed(person.id))
    return person


async def change_person(session: AsyncSession, actor: Actor, change: ChangePerson) -> Person:
    """Name, language, a second or another address. Raises `AddressTaken`."""
    person = await queries.for_update(session, actor.person_id)
    person.name = change.name or person.name
    person.locale = change.locale or person.locale
    if change.address is not None and getattr(person, change.address.kind) != change.address.text:
        setattr(person, change.address.kind, change.address.text)
        setattr(person, f"{change.address.kind}_confirmed_at", None)
        await _flush(session)
        await happenings.record(session, person.id, Happening.ADDRESS_CHANGED, kind=change.address.kind)
    await _flush(session)
    return person


async def ask_reset(session: AsyncSession, address: Address, client: Client | None = None) -> str:
    """Send a code for a new password. For an unknown address all looks and costs the same."""
    person = await queries.by_address(session, address)
    locale = person.locale if person else "id"
    return await send_code(session, person.id if person else None, address, Purpose.RESET, client=client, locale=locale)


async def reset_password(session: AsyncSession, asked: ResetPassword) -> Person:
    """A new password by code. It also confirms the address, and ends every session: whoever was in is out. Raises `WrongCode`."""
    _refuse_weak(asked.password, asked.address.text)
    person = await queries.for_update(session, await redeem(asked.address, Purpose.RESET, asked.code))
    person.password_hash = await passwords.hashed(asked.password)
    if getattr(person, asked.address.kind) == asked.address.text:
        _mark_confirmed(person, asked.address)
    await revoke_all(session, person.id)
    await happenings.record(session, person.id, Happening.PASSWORD_RESET, kind=asked.address.kind)
    await events.publish(session, events.PersonConfirmed(person.id))
    await throttling.forgive("account", asked.address.text)
    return person


async def change_password(session: AsyncSession, actor: Actor, asked: ChangePassword) -> str | None:
    """A new password by the present one; other devices are signed out. -> the rotated token of this session. Raises `WrongPassword`."""
    person = await queries.by_id(session, actor.person_id)
    await passwords.check_own(person, asked.current)
    _refuse_weak(asked.password, person.name, person.phone or "", person.email or "")
    person.password_hash = await passwords.hashed(asked.password)
    await revoke_all(session, person.id, but=actor.session_id)
    await happenings.record(session, person.id, Happening.PASSWORD_CHANGED)
    return await rotate(session, actor.session_id) if actor.session_id else None


def _mark_confirmed(person: Person, address: Address) -> None:
    setattr(person, f"{address.kind}_confirmed_at", getattr(person, f"{address.kind}_confirmed_at") or clock.now())


def _refuse_weak(password: str, *known: str) -> None:
    if policy.weak_password(password, *known):
        raise Invalid({"password": gettext(TOO_EASY)})


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise AddressTaken from error
