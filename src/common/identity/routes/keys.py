"""API tokens and the second factor, changed by who has just proven to be the person; and the proof itself."""

from uuid import UUID

from litestar import Response, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.identity import cookies, queries, service
from common.identity.schemas import GiveSecondFactor, MakeToken, NewToken, ProveIt, RecoveryCodes, SecondFactorBegun, TokenOut
from common.identity.service import second_factor

FRESH = [guards.fresh]


@post("/proofs", guards=[guards.own_session], status_code=204)
async def prove_it(session: AsyncSession, actor: Actor, data: ProveIt) -> None:
    """For ten minutes this session may change the account's keys."""
    await service.prove_it(session, actor, data)


@post("/tokens", guards=FRESH)
async def make_token(session: AsyncSession, actor: Actor, data: MakeToken) -> NewToken:
    """A token for a program; shown this once."""
    row, token = await service.make_token(session, actor, data)
    return NewToken(**TokenOut.model_validate(row, from_attributes=True).model_dump(), token=token)


@get("/tokens", guards=[guards.signed_in, guards.scope("account:read")])
async def tokens(session: AsyncSession, actor: Actor) -> list[TokenOut]:
    """One's standing tokens."""
    return [TokenOut.model_validate(row, from_attributes=True) for row in await queries.tokens_of(session, actor.person_id)]


@delete("/tokens/{token_id:uuid}", guards=FRESH)
async def revoke_token(session: AsyncSession, actor: Actor, token_id: UUID) -> None:
    """End a token."""
    await service.revoke_token(session, actor, token_id)


@post("/totp", guards=FRESH)
async def begin_totp(session: AsyncSession, actor: Actor) -> SecondFactorBegun:
    """A secret for an authenticator, in force only after its first code."""
    secret, uri = await second_factor.begin(session, actor)
    return SecondFactorBegun(secret=secret, uri=uri)


@post("/totp/confirmations", guards=FRESH)
async def turn_on_totp(session: AsyncSession, actor: Actor, data: GiveSecondFactor) -> Response[RecoveryCodes]:
    """In force. The recovery codes are shown this once."""
    codes, token = await second_factor.turn_on(session, actor, data.code)
    return Response(RecoveryCodes(codes=codes), status_code=201, cookies=[cookies.session_cookie(token)] if token else [])


@post("/totp/removals", guards=FRESH, status_code=204)
async def turn_off_totp(session: AsyncSession, actor: Actor, data: GiveSecondFactor) -> None:
    """Out of force, by a last code."""
    await second_factor.turn_off(session, actor, data.code)


HANDLERS = [prove_it, make_token, tokens, revoke_token, begin_totp, turn_on_totp, turn_off_totp]
