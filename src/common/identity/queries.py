"""Reads of identity. Other rooms may ask who somebody is by name; addresses and NIK stay here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from common import clock
from common.actor import Actor, Grant, Role
from common.audit import happenings, reading
from common.audit.happenings import HappeningOut
from common.audit.reading import Purpose
from common.errors import NotFound
from common.identity.errors import AccountClosed
from common.identity.models import (
    AddressChange,
    ApiToken,
    Consent,
    Passkey,
    Person,
    PersonNik,
    PersonSession,
    RoleGrant,
    Totp,
    WayBack,
)
from common.identity.policy import IDLE, LONGEST, Address, address_of, confirmed_addresses
from common.identity.schemas import GrantOut
from common.settings import get_settings
from common.web import paging

MOST_CLAIMANTS = 5


async def by_id(session: AsyncSession, person_id: UUID) -> Person:
    """The person; `NotFound` when there is none."""
    person = await session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


async def for_update(session: AsyncSession, person_id: UUID) -> Person:
    """The person, locked for a change. Rows that only name the person (a notification) may be written meanwhile."""
    locked = select(Person).where(col(Person.id) == person_id).with_for_update(key_share=True)
    person = await session.scalar(locked.execution_options(populate_existing=True))
    if person is None:
        raise NotFound
    return person


async def hold_open(session: AsyncSession, *person_ids: UUID, alone: bool = False) -> None:
    """None of these accounts is closed before this transaction ends; `alone`: nor is any of them bound by another one meanwhile.

    For verbs that bind people and lock rows of which closing an account locks some, too: ask before the first of these locks. Everywhere
    else the database asks by itself, where the row is written (migration 0015). Raises AccountClosed.
    """
    people = select(col(Person.closed_at)).where(col(Person.id).in_(person_ids)).order_by(col(Person.id))
    locked = people.with_for_update(key_share=True) if alone else people.with_for_update(read=True)
    if any(await session.scalars(locked)):
        raise AccountClosed


async def by_ids(session: AsyncSession, person_ids: Collection[UUID]) -> list[Person]:
    """Those of `person_ids` that exist."""
    return list(await session.scalars(select(Person).where(col(Person.id).in_(person_ids))))


async def actor_now(session: AsyncSession, person_id: UUID) -> Actor:
    """The person with the roles held at this moment: for what was decided earlier and takes effect now."""
    person = await by_id(session, person_id)
    standing = select(RoleGrant).where(col(RoleGrant.person_id) == person_id, col(RoleGrant.revoked_at).is_(None))
    grants = frozenset(Grant(grant.role, grant.scope) for grant in await session.scalars(standing))
    due = bool(grants) and get_settings().staff_needs_factor and not await has_second_factor(session, person_id)
    return Actor(person.id, person.name, person.locale, int(person.confirmed), frozenset() if due else grants, factor_due=due)


async def names_of(session: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by id, for lists; who does not exist is left out."""
    rows = await session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(person_ids)))
    return {row[0]: row[1] for row in rows}


async def by_address(session: AsyncSession, address: Address) -> Person | None:
    """Who has proven that address."""
    found: Person | None = await session.scalar(select(Person).where(is_at(address), _confirmed_at(address).is_not(None)))
    return found


async def at_sign_in(session: AsyncSession, address: Address) -> Sequence[Person]:
    """Who may mean this address: the one who has proven it, else those who claim it, the newest first, at most a few."""
    order = _confirmed_at(address).asc().nulls_last(), col(Person.id).desc()
    people = (await session.scalars(select(Person).where(is_at(address)).order_by(*order).limit(MOST_CLAIMANTS))).all()
    return people[:1] if people and address in confirmed_addresses(people[0]) else people


async def claimants_for_update(session: AsyncSession, address: Address, *, but: UUID) -> Sequence[Person]:
    """Everybody else who claims the address, locked in the order of ids."""
    others = select(Person).where(is_at(address), _confirmed_at(address).is_(None), col(Person.id) != but).order_by(col(Person.id))
    return (await session.scalars(others.with_for_update(key_share=True).execution_options(populate_existing=True))).all()


async def waiting_address(session: AsyncSession, person: Person) -> Address | None:
    """The address that still waits for its code: a new one, or the one that a new account claims."""
    change = await session.get(AddressChange, person.id, populate_existing=True)
    text = change.address if change else person.claimed
    return address_of(text) if text else None


async def way_back(session: AsyncSession, token_hash: bytes) -> WayBack | None:
    found: WayBack | None = await session.scalar(select(WayBack).where(col(WayBack.token_hash) == token_hash))
    return found


async def ways_back_since(session: AsyncSession, first: WayBack) -> Sequence[WayBack]:
    """This one and all later ones of the person, the newest first."""
    later = select(WayBack).where(col(WayBack.person_id) == first.person_id, col(WayBack.id) >= first.id)
    return (await session.scalars(later.order_by(col(WayBack.id).desc()))).all()


async def addresses_on_the_way(session: AsyncSession, first: WayBack) -> list[Address]:
    """Those that a way back leads over, in one order for everybody."""
    found = {address_of(row.old) for row in await ways_back_since(session, first) if row.old}
    return sorted((one for one in found if one), key=lambda one: one.text)


async def addresses_beside(session: AsyncSession, person_id: UUID) -> set[str]:
    """Addresses of a person that do not count: one that waits, those of before."""
    waiting = await session.scalars(select(col(AddressChange.address)).where(col(AddressChange.person_id) == person_id))
    former = await session.scalars(select(col(WayBack.old)).where(col(WayBack.person_id) == person_id, col(WayBack.old).is_not(None)))
    return {*waiting, *(one for one in former if one)}


async def unreachable_since(session: AsyncSession, moment: datetime, limit: int = 100) -> Sequence[UUID]:
    """Accounts that lost their last address before that moment and are not closed."""
    lost = select(col(Person.id)).where(col(Person.unreachable_since) < moment, col(Person.closed_at).is_(None))
    return (await session.scalars(lost.order_by(col(Person.unreachable_since)).limit(limit))).all()


async def stands(session: AsyncSession, actor: Actor) -> bool:
    """Whether the session that the actor came in by has not ended meanwhile: asked once the person's row is held."""
    mine = select(col(PersonSession.id)).where(col(PersonSession.id) == actor.session_id, col(PersonSession.revoked_at).is_(None))
    return await session.scalar(mine) is not None


async def by_name_tag(session: AsyncSession, tag: str) -> Person | None:
    """By id or by proven address, as an admin types it."""
    try:
        return await session.get(Person, UUID(tag))
    except ValueError:
        address = address_of(tag)
        return await by_address(session, address) if address else None


def is_at(address: Address) -> ColumnElement[bool]:
    return (col(Person.phone) if address.kind == "phone" else col(Person.email)) == address.text


def _confirmed_at(address: Address) -> Mapped[datetime | None]:
    return col(Person.phone_confirmed_at) if address.kind == "phone" else col(Person.email_confirmed_at)


async def nik_of(session: AsyncSession, person_id: UUID) -> PersonNik | None:
    return await session.get(PersonNik, person_id)


async def nik_for_update(session: AsyncSession, person_id: UUID) -> PersonNik | None:
    found: PersonNik | None = await session.scalar(select(PersonNik).where(col(PersonNik.person_id) == person_id).with_for_update())
    return found


async def totp_of(session: AsyncSession, person_id: UUID) -> Totp | None:
    return await session.get(Totp, person_id)


async def has_authenticator(session: AsyncSession, person_id: UUID) -> bool:
    """Whether codes of an authenticator count."""
    return bool(await session.scalar(select(func.count()).where(col(Totp.person_id) == person_id, col(Totp.confirmed_at).is_not(None))))


async def has_second_factor(session: AsyncSession, person_id: UUID) -> bool:
    """An authenticator or a passkey: then the password alone lets nobody in."""
    return await has_authenticator(session, person_id) or bool(await passkeys_of(session, person_id))


async def passkeys_of(session: AsyncSession, person_id: UUID) -> Sequence[Passkey]:
    """Standing ones, the newest first; ten at most."""
    standing = select(Passkey).where(col(Passkey.person_id) == person_id, col(Passkey.removed_at).is_(None))
    return (await session.scalars(standing.order_by(col(Passkey.id).desc()))).all()


async def passkey_by_credential(session: AsyncSession, credential_id: bytes) -> Passkey | None:
    """A standing one, as it is now."""
    standing = select(Passkey).where(col(Passkey.credential_id) == credential_id, col(Passkey.removed_at).is_(None))
    found: Passkey | None = await session.scalar(standing.execution_options(populate_existing=True))
    return found


async def consents_of(session: AsyncSession, person_id: UUID) -> Sequence[Consent]:
    """What the person agreed to, the oldest first; withdrawn ones, too."""
    mine = select(Consent).where(col(Consent.person_id) == person_id).order_by(col(Consent.id))
    return (await session.scalars(mine)).all()


async def devices_of(session: AsyncSession, person_id: UUID) -> Sequence[PersonSession]:
    """Standing sessions, the last seen first."""
    fresh = col(PersonSession.last_seen_at) > clock.now() - IDLE, col(PersonSession.created_at) > clock.now() - LONGEST
    statement = select(PersonSession).where(
        col(PersonSession.person_id) == person_id, col(PersonSession.revoked_at).is_(None), ~col(PersonSession.second_factor_due), *fresh
    )
    return (await session.scalars(statement.order_by(col(PersonSession.last_seen_at).desc()).limit(100))).all()


async def tokens_of(session: AsyncSession, person_id: UUID) -> Sequence[ApiToken]:
    """Standing tokens, the newest first."""
    standing = (col(ApiToken.person_id) == person_id, col(ApiToken.revoked_at).is_(None), col(ApiToken.expires_at) > clock.now())
    return (await session.scalars(select(ApiToken).where(*standing).order_by(col(ApiToken.id).desc()).limit(100))).all()


async def grants_of(session: AsyncSession, person_id: UUID) -> Sequence[tuple[RoleGrant, str]]:
    """A person's standing grants with the person's name, the newest first."""
    statement = _standing_grants().where(col(RoleGrant.person_id) == person_id)
    return [(grant, name) for grant, name in await session.execute(statement.order_by(col(RoleGrant.id).desc()))]


async def page_of_grants(session: AsyncSession, *, limit: int, cursor: str | None) -> paging.Page[GrantOut]:
    """Everybody's standing grants, the newest first, each with who gave it (None: the city's own seed)."""
    giver = aliased(Person)
    statement = _standing_grants().add_columns(col(giver.name)).outerjoin(giver, col(giver.id) == col(RoleGrant.granted_by))
    statement = paging.after(statement, [col(RoleGrant.id)], paging.keys_of("grants", cursor), descending=True)
    rows = (await session.execute(statement.limit(limit + 1))).all()
    return paging.page_of(rows, limit, "grants", lambda row: [row[0].id], lambda row: GrantOut.of(*row))


async def people_like(session: AsyncSession, admin: Actor, text: str, limit: int = 10) -> list[Person]:
    """For an admin who looks for somebody: by id or whole address, else by a part of the name. Closed accounts are nobody. On record."""
    found = await by_name_tag(session, text)
    named = col(Person.name).icontains(text, autoescape=True), col(Person.closed_at).is_(None)
    like = select(Person).where(*named).order_by(col(Person.name), col(Person.id)).limit(limit)
    people = [found] if found is not None else list(await session.scalars(like))
    for person in people:
        await _put_on_record(session, admin, person.id)
    return people


async def looked_at(session: AsyncSession, admin: Actor, person_id: UUID) -> Person:
    """The account, for an admin who is about to give it a role; on record. `NotFound` when there is none."""
    person = await by_id(session, person_id)
    await _put_on_record(session, admin, person_id)
    return person


async def happenings_of(session: AsyncSession, person_id: UUID, cursor: str | None, limit: int) -> paging.Page[HappeningOut]:
    """What happened to the keys of one's own account, the newest first."""
    rows = await happenings.of_person(session, person_id, cursor, limit)
    return paging.page_of(rows, limit, happenings.LIST, lambda row: (row.id,), HappeningOut.of)


async def happenings_seen_by(
    session: AsyncSession, operator: Actor, person_id: UUID, purpose: Purpose, cursor: str | None, limit: int
) -> tuple[str, paging.Page[HappeningOut]]:
    """The name and the happenings of an account, for an operator; on record. `NotFound` when there is no such account."""
    name = (await names_of(session, {person_id})).get(person_id)
    if name is None:
        raise NotFound
    await reading.record(
        session, operator, owner_id=person_id, subject_kind="happenings", subject_id=person_id, purpose=purpose, role=Role.OPERATOR
    )
    return name, await happenings_of(session, person_id, cursor, limit)


async def _put_on_record(session: AsyncSession, admin: Actor, person_id: UUID) -> None:
    await reading.record(
        session, admin, owner_id=person_id, subject_kind="person", subject_id=person_id, purpose=Purpose.SEARCH, role=Role.ADMIN
    )


async def who_holds(session: AsyncSession, role: Role, scope: str) -> list[UUID]:
    """Everybody who holds `role` for `scope`: whom to tell of work that waits."""
    standing = (col(RoleGrant.role) == role, col(RoleGrant.scope).in_(("*", scope)), col(RoleGrant.revoked_at).is_(None))
    return list(await session.scalars(select(col(RoleGrant.person_id)).where(*standing).distinct()))


async def admins_for_update(session: AsyncSession) -> list[RoleGrant]:
    """Who can give roles, locked in the order of ids: of two who go at the same time, the second sees that the first is gone."""
    standing = select(RoleGrant).where(col(RoleGrant.role) == Role.ADMIN, col(RoleGrant.revoked_at).is_(None))
    return list(await session.scalars(standing.order_by(col(RoleGrant.id)).with_for_update()))


def _standing_grants() -> Select[RoleGrant, str]:
    statement = select(RoleGrant, col(Person.name)).join(Person, col(Person.id) == col(RoleGrant.person_id))
    return statement.where(col(RoleGrant.revoked_at).is_(None))
