"""API tokens: made by a person for a program, held to scopes, ended at any time. Never for an account that nobody has confirmed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import Unauthenticated
from common.identity import queries
from common.identity.errors import ConfirmFirst
from common.identity.models import ApiToken, Change
from common.identity.schemas import MakeToken
from common.identity.service import keys, ways_back


async def make_token(session: AsyncSession, actor: Actor, asked: MakeToken) -> tuple[ApiToken, str]:
    """A token and its row; the token is shown this once, and the making of it told to the account's addresses. Raises `ConfirmFirst`.

    Whoever changes the account's keys at the same time is waited for: what has ended meanwhile makes no token.
    """
    person = await queries.for_update(session, actor.person_id)
    if not await queries.stands(session, actor):
        raise Unauthenticated
    made = await open_token(session, person.id, asked)
    await ways_back.open_way_back(session, person, Change.TOKEN)
    return made


async def open_token(session: AsyncSession, person_id: UUID, asked: MakeToken) -> tuple[ApiToken, str]:
    """For who has just proven to be this person. Raises `ConfirmFirst`."""
    if not (await queries.by_id(session, person_id)).confirmed:
        raise ConfirmFirst
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
