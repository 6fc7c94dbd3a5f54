"""Accounts: signing up, changing what one says of oneself, a new password."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import Invalid
from common.i18n import N_, gettext
from common.identity import policy, queries
from common.identity.errors import AddressTaken, WrongCode
from common.identity.models import Change, Consent, Person, Purpose
from common.identity.policy import Address
from common.identity.schemas import ChangePassword, ChangePerson, ResetPassword, SignUp
from common.identity.service import passwords, throttling, ways_back
from common.identity.service.codes import redeem, send_code
from common.identity.service.sessions import Client, end_keys, rotate

TOO_EASY = N_("Kata sandi ini terlalu mudah ditebak. Coba gabungkan beberapa kata.")


async def sign_up(session: AsyncSession, asked: SignUp, client: Client | None = None) -> Person:
    """A new account, which claims its address, with its consent on record. Raises `AddressTaken` when somebody has proven that address."""
    if client:
        await throttling.count_sign_up(client.network, client.device, client.user_agent, asked.address.text)
    _refuse_weak(asked.password, asked.name, asked.address.text)
    if await queries.by_address(session, asked.address) is not None:
        raise AddressTaken
    person = Person(name=asked.name, locale=asked.locale, password_hash=await passwords.hashed(asked.password))
    setattr(person, asked.address.kind, asked.address.text)
    session.add(person)
    await session.flush()
    session.add(Consent(person_id=person.id, purpose=policy.CONSENT_PURPOSE, version=policy.CONSENT_VERSION))
    await session.flush()
    return person


async def change_person(session: AsyncSession, actor: Actor, change: ChangePerson) -> Person:
    """Name and language. (An address is asked for in `addresses`.)"""
    person = await queries.for_update(session, actor.person_id)
    person.name = change.name or person.name
    person.locale = change.locale or person.locale
    await session.flush()
    return person


async def ask_reset(session: AsyncSession, address: Address, client: Client | None = None) -> str:
    """Send a code for a new password to a confirmed address. For another one all looks and costs the same."""
    person = await queries.by_address(session, address)
    locale = person.locale if person else "id"
    return await send_code(session, person.id if person else None, address, Purpose.RESET, client=client, locale=locale)


async def reset_password(session: AsyncSession, asked: ResetPassword, client: Client | None = None) -> Person:
    """A new password by code. It ends every session and token: whoever was in is out. Raises `WrongCode`."""
    _refuse_weak(asked.password, asked.address.text)
    person_id = await redeem(asked.address, Purpose.RESET, asked.code, client=client)
    password_hash = await passwords.hashed(asked.password)
    person = await queries.for_update(session, person_id)
    if asked.address not in policy.confirmed_addresses(person):  # given to somebody else since the code was sent
        raise WrongCode({"code": str(WrongCode())})
    person.password_hash = password_hash
    await end_keys(session, person.id)
    await ways_back.open_way_back(session, person, Change.PASSWORD)
    await happenings.record(session, person.id, Happening.PASSWORD_RESET, kind=asked.address.kind)
    await throttling.forgive_sign_in(asked.address.text, client.network if client else "")
    return person


async def change_password(session: AsyncSession, actor: Actor, asked: ChangePassword) -> str | None:
    """A new password by the present one; other devices are signed out, tokens end. -> the rotated token of this session.

    Raises `WrongPassword`.
    """
    person = await queries.for_update(session, actor.person_id)
    await passwords.check_own(person, asked.current, by=str(actor.session_id))
    _refuse_weak(asked.password, person.name, person.phone or "", person.email or "")
    person.password_hash = await passwords.hashed(asked.password)
    await end_keys(session, person.id, but=actor.session_id)
    await ways_back.open_way_back(session, person, Change.PASSWORD)
    await happenings.record(session, person.id, Happening.PASSWORD_CHANGED)
    return await rotate(session, actor.session_id) if actor.session_id else None


def _refuse_weak(password: str, *known: str) -> None:
    if policy.weak_password(password, *known):
        raise Invalid({"password": gettext(TOO_EASY)})
