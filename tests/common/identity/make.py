"""Builders of people, for every room's tests."""

from itertools import count
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor, Grant, Role
from common.identity import service
from common.identity.cookies import SESSION_COOKIE
from common.identity.models import Person
from common.identity.policy import Address
from common.identity.schemas import MakeToken, SignUp
from common.web import csrf

PASSWORD = "songkolo dan bolu"
_number = count(1)


async def person(session: AsyncSession, name: str = "Daeng Baji", *, address: str | None = None, confirmed: bool = True) -> Person:
    """A new person, reachable at `address` (an invented phone by default)."""
    asked = {"name": name, "address": address or f"+62812{next(_number):08d}", "password": PASSWORD, "consent": True}
    made = await service.sign_up(session, SignUp.model_validate(asked))
    if confirmed:
        setattr(made, "phone_confirmed_at" if made.phone else "email_confirmed_at", clock.now())
        await session.flush()
    return made


async def officer(session: AsyncSession, office: str = "DISDUKCAPIL", name: str = "Petugas Sitti") -> Person:
    made = await person(session, name)
    await service.grant(session, None, made.id, Role.OFFICER, office)
    return made


async def holder(session: AsyncSession, role: Role, scope: str = "*") -> Person:
    """Somebody with a role: `holder(session, Role.OPERATOR)`."""
    made = await person(session, f"Pak {role.value}")
    await service.grant(session, None, made.id, role, scope)
    return made


def actor_of(made: Person, *roles: tuple[Role, str], assurance: int = 1, session_id: UUID | None = None) -> Actor:
    """The actor that a service receives for this person."""
    grants = frozenset(Grant(role, scope) for role, scope in roles)
    return Actor(made.id, made.name, made.locale, assurance, grants, session_id)


def address_of(made: Person) -> Address:
    return Address("phone", made.phone) if made.phone else Address("email", made.email or "")


async def enter(session: AsyncSession, client: httpx.AsyncClient, made: Person) -> None:
    """Sign this client in as the person: its cookie jar holds the session once `session` has committed."""
    token = await service.open_session(session, made.id, service.Client())
    host = client.base_url.host
    client.cookies.set(SESSION_COOKIE, token, domain=host if "." in host else f"{host}.local")  # as the jar itself names such hosts


async def bearer(session: AsyncSession, made: Person, *scopes: str) -> dict[str, str]:
    """Headers of an API client with these scopes."""
    _, token = await service.open_token(session, made.id, MakeToken(name="uji", scopes=list(scopes)))
    return {"Authorization": f"Bearer {token}"}


def form_token(client: httpx.AsyncClient) -> str:
    """What a form of the signed-in client carries in `_csrf` (or the header X-CSRF-Token)."""
    return _token(SESSION_COOKIE, client)


def seed_token(client: httpx.AsyncClient) -> str:
    """The same for a stranger who has opened a page with a form."""
    return _token(csrf.SEED_COOKIE, client)


def _token(cookie: str, client: httpx.AsyncClient) -> str:
    scope: Any = {"headers": [(b"cookie", f"{cookie}={client.cookies[cookie]}".encode())], "state": {}}
    return csrf.token(scope)
