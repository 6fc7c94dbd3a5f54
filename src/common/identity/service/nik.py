"""The NIK: sealed at rest, unique by its keyed hash, shown masked, read in full only with a reason."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor, Role
from common.audit import reading
from common.audit import service as audit
from common.audit.reading import Purpose
from common.errors import Forbidden
from common.identity import policy, queries
from common.identity.errors import NikFixed, NikTaken, NoNik, NotOfThisOffice
from common.identity.models import PersonNik
from common.identity.schemas import Facts, GiveNik, NikGiven
from common.sealing import keyed_hash, seal, unseal
from common.settings import get_settings

PURPOSE = "nik"


async def give_nik(session: AsyncSession, actor: Actor, given: GiveNik) -> NikGiven:
    """One's own NIK, once; until an officer has seen it, it may be mended. Raises `NikTaken`, `NikFixed`."""
    row = await queries.nik_for_update(session, actor.person_id)
    if row is not None and row.officer_seen_at is not None:
        raise NikFixed
    sealed = seal(_key(), given.nik.encode(), purpose=PURPOSE, subject=str(actor.person_id))
    row = row or PersonNik(person_id=actor.person_id, sealed=sealed, hash=b"")
    row.sealed, row.hash, row.born_on, row.given_at = sealed, keyed_hash(_key(), given.nik, purpose=PURPOSE), given.born_on, clock.now()
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NikTaken from error
    await events.publish(session, events.PersonConfirmed(actor.person_id))
    born_on = given.born_on.isoformat() if given.born_on else None
    return NikGiven(nik=policy.masked_nik(given.nik), warnings=policy.nik_warnings(given.nik, born_on))


async def mark_seen(session: AsyncSession, actor: Actor, person_id: UUID) -> None:
    """An officer of Disdukcapil has seen the person and the card: assurance 2. Raises `NotOfThisOffice`, `NoNik`."""
    row = await _to_check(session, actor, person_id)
    row.officer_seen_at, row.officer_seen_by = clock.now(), actor.person_id
    await audit.record(session, actor, "identity.nik_seen", subject_kind="person", subject_id=person_id)


async def mark_verified(session: AsyncSession, actor: Actor, person_id: UUID) -> None:
    """Dukcapil's own data agree: assurance 3. Raises `NotOfThisOffice`, `NoNik`."""
    row = await _to_check(session, actor, person_id)
    row.dukcapil_verified_at = clock.now()
    await audit.record(session, actor, "identity.nik_verified", subject_kind="person", subject_id=person_id)


async def read_nik(session: AsyncSession, actor: Actor, person_id: UUID, because: str) -> str:
    """The sixteen digits. Raises `Forbidden`, `NoNik`."""
    if not policy.may_read_nik(actor, person_id):
        raise Forbidden
    row = await queries.nik_of(session, person_id)
    if row is None:
        raise NoNik
    await audit.record(session, actor, "identity.nik_read", subject_kind="person", subject_id=person_id, because=because)
    await reading.record(
        session, actor, owner_id=person_id, subject_kind="nik", subject_id=person_id, purpose=Purpose.IDENTITY, because=because,
        role=Role.OFFICER, office=policy.NIK_OFFICE,
    )  # fmt: skip
    return _opened(row)


def own_nik(row: PersonNik) -> str:
    """The sixteen digits, for a file that only their owner opens."""
    return _opened(row)


async def masked_nik(session: AsyncSession, person_id: UUID) -> str | None:
    """The NIK as it may be shown; None when there is none."""
    row = await queries.nik_of(session, person_id)
    return policy.masked_nik(_opened(row)) if row else None


async def facts(session: AsyncSession, person_id: UUID) -> Facts:
    """What is known of a person's identity, each fact by itself."""
    person, row = await queries.by_id(session, person_id), await queries.nik_of(session, person_id)
    return Facts(
        format_ok=row is not None,
        phone_confirmed=person.phone_confirmed_at is not None,
        email_confirmed=person.email_confirmed_at is not None,
        officer_seen=row is not None and row.officer_seen_at is not None,
        dukcapil_verified=row is not None and row.dukcapil_verified_at is not None,
    )


async def _to_check(session: AsyncSession, actor: Actor, person_id: UUID) -> PersonNik:
    if not policy.may_check_nik(actor) or actor.person_id == person_id:
        raise NotOfThisOffice
    row = await queries.nik_for_update(session, person_id)
    if row is None:
        raise NoNik
    return row


def _opened(row: PersonNik) -> str:
    return unseal(_key(), row.sealed, purpose=PURPOSE, subject=str(row.person_id)).decode()


def _key() -> str:
    return get_settings().nik_key.get_secret_value()
