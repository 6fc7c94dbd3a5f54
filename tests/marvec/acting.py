"""Somebody who is signed in, for tests of rooms that do not care how she came in."""

import re
from typing import Any

import httpx
from litestar import Litestar
from litestar.types import Scope

from common import ids
from common.actor import Actor, Grant, Role
from common.identity import middleware

PLAYED = "played_by"
_recognise = middleware.recognise


async def _played(scope: Scope) -> Actor | None:
    """The played person where a test says one; everybody else comes in by the door, as ever."""
    return scope[PLAYED] if PLAYED in scope else await _recognise(scope)  # type: ignore[literal-required]  # our own key


middleware.recognise = _played


def person(name: str = "Ramlah", *roles: Role) -> Actor:
    """A person of her own; no row of identity stands behind her."""
    return Actor(ids.uuid7(), name, assurance=1, grants=frozenset(Grant(role) for role in roles))


def client_as(app: Litestar, actor: Actor | None) -> httpx.AsyncClient:
    """An HTTP client in process whose every request is `actor`'s."""

    async def signed_in(scope: Any, receive: Any, send: Any) -> None:
        scope[PLAYED] = actor
        await app(scope, receive, send)

    transport = httpx.ASGITransport(app=signed_in, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def submit(client: httpx.AsyncClient, page: str, action: str, data: dict[str, Any] | None = None, **rest: Any) -> httpx.Response:
    """Open `page`, then send its form (with its token, and the mark of what it showed) to `action`, as a browser does."""
    shown = await client.get(page)
    assert shown.status_code == 200, shown.text
    token = re.search(r'name="_csrf" value="([^"]+)"', shown.text)
    assert token, "the page has no form"
    mark = re.search(r'name="mark" value="([^"]+)"', shown.text)
    sent = {"mark": mark[1]} if mark else {}
    return await client.post(action, data={**sent, **(data or {}), "_csrf": token[1]}, **rest)
