"""Who may call a route. Every handler names exactly one of these first in `guards=[...]`; a test walks all of them.

An API token is somebody only where a scope is named beside the guard: elsewhere it is a stranger on public routes.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from common import clock
from common.actor import Actor, Role
from common.errors import Forbidden, Unauthenticated
from common.i18n import N_
from common.scopes import SCOPES

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
"""Asynchronous though nothing is awaited: Litestar sends a plain function through a thread, 150 us a request."""
FRESH = timedelta(minutes=10)


class NotAssured(Forbidden):
    code = "assurance_needed"
    message = N_("Untuk ini identitas Anda perlu dipastikan dulu (tingkat %(level)s). Lihat langkahnya di halaman Akun.")


class SessionNeeded(Forbidden):
    """A program's token is no person: what lets the person in is changed by the person."""

    code = "session_needed"
    message = N_("Token tidak bisa melakukan ini. Masuk dulu dengan kata sandi Anda.")


class ProveIt(Forbidden):
    """Signed in, but who sits there now?"""

    code = "prove_it_is_you"
    message = N_("Pastikan dulu bahwa ini Anda, dengan kata sandi atau kode autentikator.")


class FactorNeeded(Forbidden):
    """A role is held, and counts once its holder has a second factor."""

    code = "factor_needed"
    message = N_("Peran Anda baru berlaku setelah Anda memasang kunci sandi atau autentikator di halaman Keamanan.")


async def public(connection: Connection, handler: BaseRouteHandler) -> None:
    """Anybody, signed in or not."""
    if not any(name.startswith("scope:") for name in guards_of(handler)):
        _forget_token(connection)


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """Anybody who is signed in."""
    actor_of(connection)


async def own_session(connection: Connection, _: BaseRouteHandler) -> None:
    """Signed in in a browser's way; a token, however wide, is refused."""
    if actor_of(connection).scopes is not None:
        raise SessionNeeded


async def fresh(connection: Connection, handler: BaseRouteHandler) -> None:
    """`own_session`, whose person said password or factor within ten minutes."""
    await own_session(connection, handler)
    proven_at = actor_of(connection).proven_at
    if proven_at is None or clock.now() - proven_at > FRESH:
        raise ProveIt


def assured(level: int) -> Guard:
    """Signed in, with at least that level of assurance."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        if actor_of(connection).assurance < level:
            raise NotAssured(level=level)

    return _named(guard, f"assured:{level}")


def role(*wanted: Role) -> Guard:
    """Signed in and granted one of these roles, in whatever scope; the service checks the scope against the row."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        actor = actor_of(connection)
        if not any(actor.has(one) for one in wanted):
            raise FactorNeeded if actor.factor_due else Forbidden

    return _named(guard, "role:" + "|".join(wanted))


def scope(name: str) -> Guard:
    """An API token must carry this scope; a browser's session needs none. On a public route a token without it is a stranger."""
    if name not in SCOPES:
        raise ValueError(f"{name} is not in the table of scopes")

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        actor = visitor_of(connection)
        if actor is None or actor.may_use(name):
            return
        if guards_of(handler)[0] != "public":
            raise Forbidden
        _forget_token(connection)

    return _named(guard, f"scope:{name}")


def visitor_of(connection: Connection) -> Actor | None:
    """The person behind a request, None for a stranger."""
    found: Actor | None = connection.scope["state"].get("actor")
    return found


def actor_of(connection: Connection) -> Actor:
    found = visitor_of(connection)
    if found is None:
        raise Unauthenticated
    return found


def guards_of(handler: BaseRouteHandler) -> list[str]:
    """The names of the guards that a handler declares; the first says who may call it."""
    return [getattr(guard, "access", guard.__name__) for guard in handler.guards or ()]


def _forget_token(connection: Connection) -> None:
    actor = visitor_of(connection)
    if actor is not None and actor.scopes is not None:
        connection.scope["state"]["actor"] = None


def _named(guard: Guard, access: str) -> Guard:
    guard.access = access  # type: ignore[attr-defined]  # functions carry attributes
    return guard
