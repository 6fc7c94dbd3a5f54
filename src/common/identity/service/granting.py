"""Roles, given and taken by an admin; whoever gains or loses one signs in anew."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor, Role
from common.audit import service as audit
from common.errors import NotFound
from common.identity import queries
from common.identity.errors import AlreadyGranted, LastAdmin, NoSuchPerson, NotToOneself, NotToOwnOffice
from common.identity.models import RoleGrant
from common.identity.schemas import GiveGrant
from common.identity.service.sessions import end_keys

REFUSED = {"ck_role_grant_by_another": NotToOneself, "ck_role_grant_other_office": NotToOwnOffice}
"""By the constraint of the database (migration 0024) that had the last word."""


async def give_grant(session: AsyncSession, actor: Actor, asked: GiveGrant) -> RoleGrant:
    """To an account whose address is proven. Raises `NoSuchPerson`, and what `grant` raises."""
    person = await queries.by_name_tag(session, asked.person)
    if person is None or not person.confirmed:
        raise NoSuchPerson
    return await grant(session, actor, person.id, asked.role, asked.scope)


async def grant(session: AsyncSession, actor: Actor | None, person_id: UUID, role: Role, scope: str = "*") -> RoleGrant:
    """A role within a scope. `actor` None is the city's own seed. The person's sessions and tokens end (privilege change).

    Raises `AccountClosed`, `AlreadyGranted`, `NotToOneself` (also by way of an account that the receiver made an admin), `NotToOwnOffice`.
    """
    await queries.hold_open(session, person_id)
    row = RoleGrant(person_id=person_id, role=role, scope=scope, granted_by=actor.person_id if actor else None)
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
        raise REFUSED.get(str(constraint), AlreadyGranted) from error
    await audit.record(session, actor, "identity.role_given", subject_kind="person", subject_id=person_id, role=role, scope=scope)
    await end_keys(session, person_id)
    return row


async def take_grant(session: AsyncSession, actor: Actor, grant_id: UUID) -> None:
    """Take a role away, at once. Raises `NotFound`, and `LastAdmin` when nobody would be left to give roles."""
    admins = await queries.admins_for_update(session)
    standing = select(RoleGrant).where(col(RoleGrant.id) == grant_id, col(RoleGrant.revoked_at).is_(None))
    row = await session.scalar(standing.with_for_update())
    if row is None:
        raise NotFound
    if row.role is Role.ADMIN and len(admins) == 1:
        raise LastAdmin
    row.revoked_at, row.revoked_by = clock.now(), actor.person_id
    await session.flush()
    await audit.record(
        session, actor, "identity.role_taken", subject_kind="person", subject_id=row.person_id, role=row.role, scope=row.scope
    )
    await end_keys(session, row.person_id, but=actor.session_id)
