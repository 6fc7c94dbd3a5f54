"""API tokens: made by a person for a program, held to scopes, ended at any time."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import NotFound
from common.identity.errors import ScopeTooWide
from common.identity.models import ApiToken
from common.identity.policy import EVERYTHING
from common.identity.schemas import MakeToken
from common.identity.service import keys


async def make_token(session: AsyncSession, actor: Actor, asked: MakeToken) -> tuple[ApiToken, str]:
    """A token and its row; the token is shown this once. A token cannot make one that may more than itself: `ScopeTooWide`."""
    if actor.scopes is not None and EVERYTHING not in actor.scopes and not set(asked.scopes) <= actor.scopes:
        raise ScopeTooWide
    return await open_token(session, actor.person_id, asked)


async def open_token(session: AsyncSession, person_id: UUID, asked: MakeToken) -> tuple[ApiToken, str]:
    """For who has just proven to be this person."""
    token, token_hash = keys.new_token(keys.BEARER)
    row = ApiToken(
        person_id=person_id,
        token_hash=token_hash,
        name=asked.name,
        scopes=sorted(set(asked.scopes)),
        expires_at=clock.now() + timedelta(days=asked.days),
    )
    session.add(row)
    await happenings.record(session, person_id, Happening.TOKEN_MADE, token=str(row.id), scopes=" ".join(row.scopes))
    return row, token


async def revoke_token(session: AsyncSession, actor: Actor, token_id: UUID) -> None:
    """End a token of one's own; `NotFound` otherwise."""
    own = (col(ApiToken.id) == token_id, col(ApiToken.person_id) == actor.person_id, col(ApiToken.revoked_at).is_(None))
    ended = update(ApiToken).where(*own).values(revoked_at=clock.now()).returning(col(ApiToken.id))
    if (await session.execute(ended)).scalar_one_or_none() is None:
        raise NotFound
    await happenings.record(session, actor.person_id, Happening.TOKEN_REVOKED, token=str(token_id))
