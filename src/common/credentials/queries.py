"""Reads of credentials, and the clause that other rooms put into theirs."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, Uuid, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids
from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.credentials.errors import NoSuchCredential
from common.credentials.models import Credential, CredentialState
from common.credentials.policy import speaks_for
from common.web import paging

DESK = "credentials-of-office"


async def by_code(session: AsyncSession, code: str) -> Credential:
    """By what a person typed or scanned. A code whose check symbol is wrong never reaches the database."""
    canonical = ids.normalise_reference(code)
    found = None
    if ids.is_reference(canonical):
        found = await session.scalar(select(Credential).where(col(Credential.code) == canonical))
    if found is None:
        raise NoSuchCredential
    return found


async def for_update(session: AsyncSession, credential_id: UUID) -> Credential:
    found = await session.get(Credential, credential_id, with_for_update=True)
    if found is None:
        raise NoSuchCredential
    return found


async def seen_by(session: AsyncSession, actor: Actor, credential_id: UUID) -> Credential:
    """For who speaks for the office that issued it; on record for the holder. Raises NoSuchCredential."""
    found = await session.get(Credential, credential_id)
    if found is None or not speaks_for(actor, found):
        raise NoSuchCredential
    for person_id in await people_behind(session, found.holder_id):
        await reading.record(
            session, actor, owner_id=person_id, subject_kind="credential", subject_id=found.id, purpose=Purpose.CREDENTIAL,
            label=found.code, role=Role.OFFICER if actor.has(Role.OFFICER, found.office) else Role.ADMIN, office=found.office,
        )  # fmt: skip
    return found


async def people_behind(session: AsyncSession, holder_id: UUID) -> list[UUID]:
    """The person who holds it, or who owns the business that does: asked of the database, which holds decisions to it, too."""
    return list(await session.scalars(select(func.people_behind(holder_id, type_=Uuid))))


async def of_offices(
    session: AsyncSession, offices: Collection[str], state: CredentialState | None, cursor: str | None, limit: int
) -> Sequence[Credential]:
    """What these offices have issued (and is in this state, if one is named), the newest first; `limit + 1` rows."""
    issued = select(Credential).where(col(Credential.office).in_(offices))
    if state is not None:
        issued = issued.where(col(Credential.state) == state)
    newest = paging.after(issued, [col(Credential.id)], paging.keys_of(DESK, cursor), descending=True)
    return (await session.scalars(newest.limit(limit + 1))).all()


async def newly_expired(session: AsyncSession, limit: int = 100) -> Sequence[Credential]:
    """What has ended by its date and whose holder has not heard of it, locked; who else tells takes others."""
    over = (
        col(Credential.valid_until) < clock.today(),
        col(Credential.expiry_told_at).is_(None),
        col(Credential.state) != CredentialState.REVOKED,
    )
    locked = select(Credential).where(*over).order_by(col(Credential.id)).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(locked)).all()


async def of_holder(session: AsyncSession, holder_id: UUID) -> Sequence[Credential]:
    """All of one holder, newest first; a person or a business has few."""
    mine = select(Credential).where(col(Credential.holder_id) == holder_id).order_by(col(Credential.id).desc()).limit(100)
    return (await session.scalars(mine)).all()


async def in_force_of(session: AsyncSession, holder_ids: Sequence[UUID], kinds: Sequence[str]) -> Sequence[Credential]:
    """Of these kinds, what stands today for one of the holders, newest first."""
    held = select(Credential).where(col(Credential.holder_id).in_(holder_ids), col(Credential.kind).in_(kinds), *_stands())
    return (await session.scalars(held.order_by(col(Credential.id).desc()).limit(100))).all()


async def of_application(session: AsyncSession, application_id: UUID) -> Credential | None:
    found: Credential | None = await session.scalar(select(Credential).where(col(Credential.application_id) == application_id))
    return found


async def codes_of(session: AsyncSession, application_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The codes of what these applications brought, by application."""
    issued = select(col(Credential.application_id), col(Credential.code)).where(col(Credential.application_id).in_(application_ids))
    return {application_id: code for application_id, code in (await session.execute(issued)).all() if application_id}


def is_active(holder: SQLColumnExpression[Any], kind: SQLColumnExpression[Any] | str) -> ColumnElement[bool]:
    """A clause: `holder` has a credential of `kind` that stands today. Read live, so it follows a suspension in the same commit."""
    return exists().where(
        col(Credential.holder_id) == holder,
        col(Credential.kind) == kind,
        *_stands(),
    )


def _stands() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    unexpired = or_(col(Credential.valid_until).is_(None), col(Credential.valid_until) >= clock.today())
    return col(Credential.state) == CredentialState.ACTIVE, unexpired
