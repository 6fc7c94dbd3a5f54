"""Who may call a route. Every handler names exactly one of these first in `guards=[...]`; a test walks all of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from common.actor import Actor, Role
from common.errors import Forbidden, Unauthenticated
from common.i18n import N_

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
"""Asynchronous though nothing is awaited: Litestar sends a plain function through a thread, 150 us a request."""


class NotAssured(Forbidden):
    code = "assurance_needed"
    message = N_("Untuk ini identitas Anda perlu dipastikan dulu (tingkat %(level)s). Lihat langkahnya di halaman Akun.")


async def public(_: Connection, __: BaseRouteHandler) -> None:
    """Anybody, signed in or not."""


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """Anybody who is signed in."""
    actor_of(connection)


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
            raise Forbidden

    return _named(guard, "role:" + "|".join(wanted))


def scope(name: str) -> Guard:
    """An API token must carry this scope; a browser's session needs none."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        actor = visitor_of(connection)
        if actor is not None and not actor.may_use(name):
            raise Forbidden

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


def access_of(handler: BaseRouteHandler) -> str:
    """The name of the guard that a handler declares first; empty when it declares none."""
    declared = handler.guards or ()
    return getattr(declared[0], "access", declared[0].__name__) if declared else ""


def _named(guard: Guard, access: str) -> Guard:
    guard.access = access  # type: ignore[attr-defined]  # functions carry attributes
    return guard
