"""API tokens, passkeys and the second factor, changed by who has just proven to be the person; and the proof itself."""

from typing import Any
from uuid import UUID

from litestar import Response, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.identity import cookies, queries, service
from common.identity.schemas import (
    GiveSecondFactor,
    MakeToken,
    NewToken,
    PasskeyOut,
    ProveIt,
    RecoveryCodes,
    RegisterPasskey,
    SecondFactorBegun,
    TokenOut,
)
from common.identity.service import passkeys, second_factor

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


@get("/passkeys", guards=[guards.signed_in, guards.scope("account:read")])
async def own_passkeys(session: AsyncSession, actor: Actor) -> list[PasskeyOut]:
    """One's standing passkeys."""
    return [PasskeyOut.model_validate(row, from_attributes=True) for row in await queries.passkeys_of(session, actor.person_id)]


@post("/passkeys/challenges", guards=FRESH)
async def begin_passkey(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptions as JSON (WebAuthn), to be answered within five minutes."""
    return await passkeys.creation_options(session, actor)


@post("/passkeys", guards=FRESH)
async def register_passkey(session: AsyncSession, actor: Actor, data: RegisterPasskey) -> Response[RecoveryCodes]:
    """In force. Where there were no recovery codes, new ones are shown this once."""
    made = await passkeys.register(session, actor, data.name, data.passkey)
    return Response(RecoveryCodes(codes=made.codes), status_code=201, cookies=[cookies.session_cookie(made.token)] if made.token else [])


@delete("/passkeys/{passkey_id:uuid}", guards=FRESH)
async def remove_passkey(session: AsyncSession, actor: Actor, passkey_id: UUID) -> None:
    """Out of force."""
    await passkeys.remove(session, actor, passkey_id)


HANDLERS = [
    own_passkeys,
    begin_passkey,
    register_passkey,
    remove_passkey,
    prove_it,
    make_token,
    tokens,
    revoke_token,
    begin_totp,
    turn_on_totp,
    turn_off_totp,
]
