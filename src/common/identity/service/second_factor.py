"""A second factor by TOTP (RFC 6238: 30 seconds, 6 digits, one step of leeway) and ten recovery codes, which passkeys have, too."""

import hmac
import secrets
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, money
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.identity import queries
from common.identity.errors import SecondFactorOff, SecondFactorOn, WrongSecondFactor
from common.identity.models import Change, RecoveryCode, Totp
from common.identity.service import keys, throttling, ways_back
from common.identity.service.sessions import end_keys, rotate
from common.ids import ALPHABET
from common.sealing import seal, unseal
from common.settings import get_settings

STEP = 30
LEEWAY = 1
RECOVERY_CODES = 10
PURPOSE = "totp"


async def begin(session: AsyncSession, actor: Actor) -> tuple[str, str]:
    """A new secret, not yet in force, and its otpauth:// address. Raises `SecondFactorOn`."""
    row = await session.get(Totp, actor.person_id, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise SecondFactorOn
    secret = pyotp.random_base32()
    sealed = seal(_key(), secret.encode(), purpose=PURPOSE, subject=str(actor.person_id))
    if row is None:
        session.add(Totp(person_id=actor.person_id, sealed=sealed))
    else:
        row.sealed = sealed
    await session.flush()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=actor.name, issuer_name="Marvec")


async def turn_on(session: AsyncSession, actor: Actor, code: str) -> tuple[list[str], str | None]:
    """In force from now on, proven by a first code. -> recovery codes, shown this once, and this session's rotated token.

    Other sessions and all tokens end.
    """
    person = await queries.for_update(session, actor.person_id)
    row = await queries.totp_of(session, actor.person_id)
    if row is None:
        raise SecondFactorOff
    if row.confirmed_at is not None:
        raise SecondFactorOn
    await _check_totp(session, row, code)
    row.confirmed_at = clock.now()
    codes = await new_recovery_codes(session, actor.person_id)
    await end_keys(session, actor.person_id, but=actor.session_id)
    await ways_back.open_way_back(session, person, Change.FACTOR_ON)
    await happenings.record(session, actor.person_id, Happening.FACTOR_ON)
    return codes, await rotate(session, actor.session_id) if actor.session_id else None


async def turn_off(session: AsyncSession, actor: Actor, code: str) -> None:
    """Out of force, by a last code; other sessions and all tokens end. Raises `SecondFactorOff`, `WrongSecondFactor`."""
    person = await queries.for_update(session, actor.person_id)
    row = await queries.totp_of(session, actor.person_id)
    if row is None or row.confirmed_at is None:
        raise SecondFactorOff
    await check(session, actor.person_id, code, by=str(actor.session_id))
    await session.execute(delete(Totp).where(col(Totp.person_id) == actor.person_id))
    await drop_needless_codes(session, actor.person_id)
    await end_keys(session, actor.person_id, but=actor.session_id)
    await ways_back.open_way_back(session, person, Change.FACTOR_OFF, sealed=row.sealed)
    await happenings.record(session, actor.person_id, Happening.FACTOR_OFF)


async def check(session: AsyncSession, person_id: UUID, code: str, *, by: str = "") -> None:
    """One code of the authenticator, or one recovery code. Either works once. Raises `WrongSecondFactor`, `Throttled`.

    `by`: the session or known device that tries, each of which has its own tries; all strangers have the same.
    """
    name = f"{person_id} {by}"
    await throttling.count("second-factor", name, throttling.SECOND_FACTOR)
    row = await queries.totp_of(session, person_id)
    plain = code.strip().replace(" ", "")
    if money.is_number(plain) and len(plain) == 6:
        if row is None or row.confirmed_at is None:
            raise WrongSecondFactor
        await _check_totp(session, row, plain)
    else:
        await _use_recovery_code(session, person_id, plain)
    await throttling.forgive("second-factor", name)


async def _check_totp(session: AsyncSession, row: Totp, code: str) -> None:
    """The step that the code belongs to must be later than the last accepted one: the row says so, whoever comes at the same time."""
    step = _step_of(row, code)
    later = update(Totp).where(col(Totp.person_id) == row.person_id, col(Totp.last_step) < (step or 0)).values(last_step=step)
    if step is None or (await session.execute(later.returning(col(Totp.person_id)))).scalar_one_or_none() is None:
        raise WrongSecondFactor


def _step_of(row: Totp, code: str) -> int | None:
    secret = unseal(_key(), row.sealed, purpose=PURPOSE, subject=str(row.person_id)).decode()
    totp, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP
    steps = range(now - LEEWAY, now + LEEWAY + 1)
    return next((step for step in steps if hmac.compare_digest(totp.at(step * STEP), code)), None)


async def new_recovery_codes(session: AsyncSession, person_id: UUID) -> list[str]:
    """Ten, in place of those that were."""
    await session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=_recovery_hash(person_id, code)) for code in codes)
    await session.flush()
    return codes


async def has_recovery_codes(session: AsyncSession, person_id: UUID) -> bool:
    """Whether one is left that works."""
    unused = col(RecoveryCode.person_id) == person_id, col(RecoveryCode.used_at).is_(None)
    return await session.scalar(select(col(RecoveryCode.person_id)).where(*unused).limit(1)) is not None


async def drop_needless_codes(session: AsyncSession, person_id: UUID) -> None:
    """Without a factor left there is nothing that they stand in for."""
    if not await queries.has_second_factor(session, person_id):
        await session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))


async def _use_recovery_code(session: AsyncSession, person_id: UUID, code: str) -> None:
    unused = (col(RecoveryCode.code_hash) == _recovery_hash(person_id, code), col(RecoveryCode.used_at).is_(None))
    used = update(RecoveryCode).where(*unused).values(used_at=clock.now()).returning(col(RecoveryCode.person_id))
    if (await session.execute(used)).scalar_one_or_none() is None:
        raise WrongSecondFactor


def _recovery_hash(person_id: UUID, code: str) -> bytes:
    return keys.code_hash(code.upper().replace("-", ""), "recovery", str(person_id))


def _key() -> str:
    return get_settings().secret_key.get_secret_value()
