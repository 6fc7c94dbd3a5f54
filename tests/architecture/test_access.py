"""Who may call what: every handler, channel and call of the live door says it, a committed table repeats it, and the guards keep to it for
every kind of visitor.

A change of access shows in the review of `access.txt`. To write the table anew: `PYTHONPATH=src python -m tests.architecture.test_access`.
"""

import inspect
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, Router
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, guards
from common.actor import Actor, Grant, Role
from common.db import unit_of_work
from common.identity import service
from common.identity.middleware import BEARER_PATHS
from common.identity.models import Person, PersonSession
from common.identity.schemas import GiveNik
from common.live.registry import CALLS, NAMESPACES
from common.scopes import SCOPES
from common.web.csrf import SEED_COOKIE
from marvec import site
from marvec.app import create_app
from tests.common.identity import make
from tests.conftest import new_client

TABLE = Path(__file__).with_name("access.txt")
OWN_WORDS = {"loopback_or_token"}
"""Access that is not identity's: the house's own machines. From loopback, as here, it lets everybody in."""

LITESTARS_OWN = "/api/schema"
"""The framework's description of the API, which it registers itself: public."""

NO_TOKENS = ("public", "own_session", "fresh")
"""Access that needs no scope: a token is nobody there, or refused."""

SAMPLES = {"uuid": "00000000-0000-7000-8000-000000000000", "int": "1", "str": "contoh", "path": "contoh", "date": "2026-12-03"}


@dataclass(frozen=True)
class Access:
    """One line of the table: a method and a path, the guard that is named first, and the scopes beside it."""

    method: str
    path: str
    access: str
    scopes: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((self.method, self.path, self.access or "NOBODY SAID", *self.scopes))

    @property
    def url(self) -> str:
        return re.sub(r"\{\w+:(\w+)\}", lambda found: SAMPLES[found[1]], self.path)


def accesses(app: Litestar) -> list[Access]:
    """All of them, by path and method; what Litestar adds by itself (OPTIONS, HEAD) left out."""
    ours = (route for route in app.routes if not route.path.startswith(LITESTARS_OWN))
    found = {_access(method, route.path, handler) for route in ours for method, handler in _handlers(route)}
    return sorted(found, key=lambda one: (one.path, one.method))


def live_accesses() -> list[str]:
    """What the live door offers, which is no route: channels (who may follow one is its domain's word) and calls, each with its scope."""
    site.load_channels()
    channels = [f"CHANNEL {one.prefix} {_scope(one.scope)}" for one in NAMESPACES.values() if _is_ours(one.may_subscribe)]
    written = [one for one in NAMESPACES.values() if one.publish is not None and _is_ours(one.publish)]
    publishing = [f"PUBLISH {one.prefix} {_scope(one.publish_scope)}" for one in written]
    calls = [f"RPC {name} {_scope(call.scope)}" for name, call in CALLS.items() if _is_ours(call.method)]
    return sorted(channels) + sorted(publishing) + sorted(calls)


def _is_ours(function: Callable[..., object]) -> bool:
    """Not what tests have opened in the same process."""
    return not function.__module__.startswith("tests.")


def _scope(scope: str) -> str:
    return f"scope:{scope}" if scope else "public"


def _handlers(route: Any) -> Iterator[tuple[str, BaseRouteHandler]]:
    for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
        if isinstance(handler, HTTPRouteHandler):
            yield from ((method, handler) for method in handler.http_methods if method not in ("OPTIONS", "HEAD"))
        else:
            yield "ASGI", handler


def _access(method: str, path: str, handler: BaseRouteHandler) -> Access:
    first, *others = guards.guards_of(handler) or [""]
    return Access(method, path, first, tuple(word for word in others if word.startswith("scope:")))


def test_the_live_door_asks_for_scopes_of_the_table() -> None:
    asked = {one.rpartition(" ")[2].removeprefix("scope:") for one in live_accesses()}
    assert asked <= {*SCOPES, "public"}


def test_every_handler_says_who_may_call_it(app: Litestar) -> None:
    words = re.compile(r"public|signed_in|own_session|fresh|assured:[123]|role:\w+(\|\w+)*")
    assert [str(one) for one in accesses(app) if not words.fullmatch(one.access) and one.access not in OWN_WORDS] == []


def test_the_table_of_access_is_as_committed(app: Litestar) -> None:
    assert [*map(str, accesses(app)), *live_accesses()] == TABLE.read_text().splitlines(), f"look at the change, then see {__name__}"


def test_tokens_cannot_ask_for_more_at_the_live_door_than_routes_ask_for(app: Litestar) -> None:
    """A scope that is spelt in another way than its routes' would be one that nobody can be given on purpose."""
    known = {scope for one in accesses(app) for scope in one.scopes}
    assert [line for line in live_accesses() if line.split()[2] not in known | {"public"}] == []


def test_an_api_token_is_held_to_a_scope_wherever_somebody_is_needed(app: Litestar) -> None:
    open_to_all = [
        str(one) for one in accesses(app) if one.path.startswith(BEARER_PATHS) and one.access not in NO_TOKENS and not one.scopes
    ]
    assert open_to_all == []


def test_no_public_answer_knows_a_token_without_a_scope(app: Litestar) -> None:
    """What shows more to its owner says which scope shows it to the owner's token."""
    asking = {"visitor", "actor"}
    knowing = [
        str(one)
        for route in app.routes
        if route.path.startswith(BEARER_PATHS)
        for method, handler in _handlers(route)
        if (one := _access(method, route.path, handler)).access == "public"
        and asking & set(inspect.signature(handler.fn).parameters)
        and not one.scopes
    ]
    assert knowing == []


def test_every_scope_of_the_table_opens_something(app: Litestar) -> None:
    named = {scope.removeprefix("scope:") for one in accesses(app) for scope in one.scopes}
    assert named == set(SCOPES)


@pytest.fixture(scope="module")
def guarded(house: None) -> Litestar:
    """The whole house with its real guards, whose handlers answer 299 instead of doing anything."""

    def reached(_: Request[Any, Any, Any]) -> Response[None]:
        return Response(None, status_code=299)

    with pytest.MonkeyPatch.context() as patch:
        routers = site.routers()
        patch.setattr(site, "routers", lambda: [Router("/", route_handlers=routers, before_request=reached)])
        return create_app()


@dataclass
class Visitor:
    client: httpx.AsyncClient
    actor: Actor | None
    headers: dict[str, str]


VISITORS = (
    "stranger",
    "newcomer",
    "citizen",
    "long_signed_in",
    "verified",
    "officer",
    "editor",
    "operator",
    "admin",
    "token",
    "whole_token",
    "operator_token",
)


@pytest.fixture(params=VISITORS)
async def visitor(request: pytest.FixtureRequest, database: None, guarded: Litestar) -> AsyncIterator[Visitor]:
    async with new_client(guarded) as client:
        async with unit_of_work() as session:
            made: Visitor = await VISIT[request.param](session, client)
        yield made


async def _stranger(_: AsyncSession, client: httpx.AsyncClient) -> Visitor:
    return Visitor(client, None, _page_was_shown(client))


async def _signed_in(session: AsyncSession, client: httpx.AsyncClient, person: Person, assurance: int, *grants: Grant) -> Visitor:
    for grant in grants:
        await service.grant(session, None, person.id, grant.role, grant.scope)
    await make.enter(session, client, person)
    actor = Actor(person.id, person.name, assurance=assurance, grants=frozenset(grants))
    return Visitor(client, actor, {"X-CSRF-Token": make.form_token(client)})


async def _newcomer(session: AsyncSession, client: httpx.AsyncClient) -> Visitor:
    return await _signed_in(session, client, await make.person(session, confirmed=False), 0)


async def _citizen(session: AsyncSession, client: httpx.AsyncClient, *grants: Grant) -> Visitor:
    return await _signed_in(session, client, await make.person(session), 1, *grants)


async def _verified(session: AsyncSession, client: httpx.AsyncClient) -> Visitor:
    person, clerk = await make.person(session), await make.officer(session)
    officer = make.actor_of(clerk, (Role.OFFICER, "DISDUKCAPIL"))
    await service.give_nik(session, make.actor_of(person), GiveNik(nik="7371034208900003"))
    await service.mark_seen(session, officer, person.id)
    await service.mark_verified(session, officer, person.id)
    return await _signed_in(session, client, person, 3)


async def _long_signed_in(session: AsyncSession, client: httpx.AsyncClient) -> Visitor:
    """Somebody who said the password eleven minutes ago."""
    visitor = await _citizen(session, client)
    assert visitor.actor is not None
    ago = clock.now() - timedelta(minutes=11)
    await session.execute(update(PersonSession).values(proven_at=ago))
    return replace(visitor, actor=replace(visitor.actor, proven_at=ago))


async def _token(session: AsyncSession, client: httpx.AsyncClient, *grants: Grant, scopes: tuple[str, ...] = ()) -> Visitor:
    """A token, by default without scopes, of somebody who may much more."""
    person = await make.person(session)
    for grant in grants:
        await service.grant(session, None, person.id, grant.role, grant.scope)
    actor = Actor(person.id, person.name, assurance=1, grants=frozenset(grants), scopes=frozenset(scopes))
    return Visitor(client, actor, await make.bearer(session, person, *scopes) | _page_was_shown(client))


def _page_was_shown(client: httpx.AsyncClient) -> dict[str, str]:
    """A form's token, so that it is not CSRF that refuses who has no session."""
    client.cookies.set(SEED_COOKIE, "a-seed-of-a-page")
    return {"X-CSRF-Token": make.seed_token(client)}


VISIT: dict[str, Any] = {
    "stranger": _stranger,
    "newcomer": _newcomer,
    "citizen": _citizen,
    "long_signed_in": _long_signed_in,
    "verified": _verified,
    "officer": lambda session, client: _citizen(session, client, Grant(Role.OFFICER, "DISDUKCAPIL")),
    "editor": lambda session, client: _citizen(session, client, Grant(Role.EDITOR, "DISKOMINFO")),
    "operator": lambda session, client: _citizen(session, client, Grant(Role.OPERATOR)),
    "admin": lambda session, client: _citizen(session, client, Grant(Role.ADMIN)),
    "token": _token,
    "whole_token": lambda session, client: _token(session, client, scopes=("*",)),
    "operator_token": lambda session, client: _token(session, client, Grant(Role.OPERATOR)),
}


def expected(one: Access, actor: Actor | None) -> int:
    """What the declared access says, worked out apart from the guards' code."""
    is_token = actor is not None and actor.scopes is not None
    if is_token and not one.path.startswith(BEARER_PATHS):
        actor = None
    kind, _, what = one.access.partition(":")
    if kind in ("signed_in", "own_session", "fresh", "assured", "role") and actor is None:
        return 401
    if kind in ("own_session", "fresh") and is_token:
        return 403
    if kind == "fresh" and actor is not None and actor.proven_at is not None:  # long ago: others have just signed in
        return 403
    if kind == "assured" and actor is not None and actor.assurance < int(what):
        return 403
    if kind == "role" and actor is not None and not {grant.role.value for grant in actor.grants} & set(what.split("|")):
        return 403
    lacks = actor is not None and actor.scopes is not None and "*" not in actor.scopes and kind != "public"
    return 403 if one.scopes and lacks else 299


async def test_the_guards_decide_as_declared(visitor: Visitor, guarded: Litestar) -> None:
    wrong = []
    for one in accesses(guarded):
        if one.method == "ASGI":
            continue
        answer = await visitor.client.request(one.method, one.url, headers={**visitor.headers, "Accept": "application/json"})
        if answer.status_code != expected(one, visitor.actor):
            wrong.append(f"{one}: {answer.status_code}, expected {expected(one, visitor.actor)}")
    assert wrong == []


if __name__ == "__main__":
    TABLE.write_text("".join(f"{one}\n" for one in [*accesses(create_app()), *live_accesses()]))
    sys.stdout.write(f"{TABLE}: look at what changed\n")
