"""What a handler may ask for by name: `actor` (401 when nobody is signed in) and `visitor` (None then)."""

from typing import Any

from litestar import Request

from common.identity.actor import Actor
from common.identity.guards import actor_of, visitor_of


def actor(request: Request[Any, Any, Any]) -> Actor:
    return actor_of(request)


def visitor(request: Request[Any, Any, Any]) -> Actor | None:
    return visitor_of(request)
