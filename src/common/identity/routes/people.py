"""Accounts, codes, NIK."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post, put
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.audit.happenings import HappeningOut
from common.identity import policy, queries, service
from common.identity.dependencies import client_of
from common.identity.models import Person
from common.identity.schemas import (
    AskCode,
    ChangePerson,
    CodeSent,
    GiveCode,
    GiveNik,
    Me,
    NikGiven,
    NikRead,
    ReadNik,
    ReleaseAddress,
    ResetPassword,
    SignedUp,
    SignUp,
    TakeBack,
)
from common.identity.service.codes import LIVES
from common.settings import get_settings
from common.web.paging import Cursor, Limit, Page, linked

Asked = Request[Any, Any, Any]


@post("/people", guards=[guards.public])
async def sign_up(request: Asked, session: AsyncSession, data: SignUp) -> SignedUp:
    """A new account. A code goes to its address."""
    person = await service.sign_up(session, data, client_of(request))
    address, code = await service.ask_confirmation(session, person, client_of(request))
    return SignedUp(id=person.id, name=person.name, confirmation=_sent(address.text, code))


@get("/people/me", guards=[guards.signed_in, guards.scope("account:read")])
async def me(session: AsyncSession, actor: Actor) -> Me:
    """One's own account."""
    return await _me(session, await queries.by_id(session, actor.person_id), actor)


@get("/people/me/happenings", guards=[guards.signed_in, guards.scope("account:read")])
async def happenings(
    request: Asked, session: AsyncSession, actor: Actor, limit: Limit = 50, cursor: Cursor = None
) -> Response[Page[HappeningOut]]:
    """What happened to the keys of one's own account, the newest first: sign-ins, failed ones, changes, refusals."""
    return linked(request, await queries.happenings_of(session, actor.person_id, cursor, limit))


@patch("/people/me", guards=[guards.signed_in, guards.scope("account:write")])
async def change(request: Asked, session: AsyncSession, actor: Actor, data: ChangePerson) -> Me:
    """Name and language; an address only in a session proven a moment ago, and it counts once confirmed. What is left out stays."""
    if data.address is not None:
        await guards.fresh(request, request.route_handler)
        await service.ask_address(session, actor, data.address)
    return await _me(session, await service.change_person(session, actor, data), actor)


@post("/codes", guards=[guards.public])
async def ask_code(request: Asked, session: AsyncSession, data: AskCode) -> CodeSent:
    """A code to one's waiting address (`confirm`, signed in), or for a new password (`reset`, with the address)."""
    if data.purpose == "reset" and data.address is not None:
        return _sent(data.address.text, await service.ask_reset(session, data.address, client_of(request)))
    await guards.own_session(request, request.route_handler)
    person = await queries.by_id(session, guards.actor_of(request).person_id)
    address, code = await service.ask_confirmation(session, person, client_of(request))
    return _sent(address.text, code)


@post("/confirmations", guards=[guards.own_session])
async def confirm(session: AsyncSession, actor: Actor, data: GiveCode) -> Me:
    """One's own address is confirmed by its code."""
    return await _me(session, await service.confirm(session, actor, data.code), actor)


@post("/passwords", guards=[guards.public], status_code=204)
async def reset_password(request: Asked, session: AsyncSession, data: ResetPassword) -> None:
    """A new password by code, from where the code was asked for; all sessions and tokens end."""
    await service.reset_password(session, data, client_of(request))


@post("/address-releases", guards=[guards.public], status_code=204)
async def release_address(request: Asked, session: AsyncSession, data: ReleaseAddress) -> None:
    """One's own address out of an account of somebody else's making, by the code of a reset; then it is free to sign up with."""
    await service.release(session, data.address, data.code, client_of(request))


@post("/ways-back", guards=[guards.public], status_code=204)
async def take_way_back(session: AsyncSession, data: TakeBack) -> None:
    """Undo a change of the account's keys by the link in the letter about it; all sessions and tokens end, and the password."""
    await service.take_way_back(session, data.token)


@put("/people/me/nik", guards=[guards.signed_in, guards.scope("account:write")])
async def give_nik(session: AsyncSession, actor: Actor, data: GiveNik) -> NikGiven:
    """One's own NIK; the answer holds it masked."""
    return await service.give_nik(session, actor, data)


@post("/people/{person_id:uuid}/sightings", guards=[guards.role(Role.OFFICER), guards.scope("identity:check")], status_code=204)
async def mark_seen(session: AsyncSession, actor: Actor, person_id: UUID) -> None:
    """An officer of Disdukcapil has seen the person and the card."""
    await service.mark_seen(session, actor, person_id)


@post("/people/{person_id:uuid}/verifications", guards=[guards.role(Role.OFFICER), guards.scope("identity:check")], status_code=204)
async def mark_verified(session: AsyncSession, actor: Actor, person_id: UUID) -> None:
    """The data agree with Dukcapil's."""
    await service.mark_verified(session, actor, person_id)


@post("/people/{person_id:uuid}/nik-readings", guards=[guards.role(Role.OFFICER), guards.scope("identity:check")])
async def read_nik(session: AsyncSession, actor: Actor, person_id: UUID, data: ReadNik) -> NikRead:
    """The full NIK, for a reason; every reading is on record."""
    return NikRead(nik=await service.read_nik(session, actor, person_id, data.because))


async def _me(session: AsyncSession, person: Person, actor: Actor) -> Me:
    facts, waiting = await service.facts(session, person.id), await queries.waiting_address(session, person)
    level = policy.assurance(confirmed=person.confirmed, officer_seen=facts.officer_seen, dukcapil_verified=facts.dukcapil_verified)
    return Me(
        id=person.id,
        name=person.name,
        locale=person.locale,
        phone=person.phone,
        email=person.email,
        assurance=level,
        facts=facts,
        nik=await service.masked_nik(session, person.id),
        waiting=policy.masked(waiting.text) if waiting else None,
        second_factor=await queries.has_second_factor(session, person.id),
        factor_due=actor.factor_due,
        roles=sorted(f"{grant.role}:{grant.scope}" for grant in actor.grants),
    )


def _sent(address: str, code: str) -> CodeSent:
    shown = code if get_settings().demo else None
    return CodeSent(sent_to=policy.masked(address), expires_in=int(LIVES.total_seconds()), code=shown)


HANDLERS = [
    sign_up,
    me,
    happenings,
    change,
    ask_code,
    confirm,
    reset_password,
    release_address,
    take_way_back,
    give_nik,
    mark_seen,
    mark_verified,
    read_nik,
]
