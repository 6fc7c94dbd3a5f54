"""Reads of credentials, and the clause that other rooms put into theirs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids
from common.credentials.errors import NoSuchCredential
from common.credentials.models import Credential, CredentialState


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
