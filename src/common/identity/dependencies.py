"""What a handler may ask for by name: `actor` (401 when nobody is signed in) and `visitor` (None then)."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from litestar import Request

from common.actor import Actor
from common.guards import actor_of, visitor_of
from common.identity.service.sessions import Client
from common.web.csrf import SEED_COOKIE


def actor(request: Request[Any, Any, Any]) -> Actor:
    return actor_of(request)


def visitor(request: Request[Any, Any, Any]) -> Actor | None:
    return visitor_of(request)


def client_of(request: Request[Any, Any, Any]) -> Client:
    """Where the request comes from. Behind a proxy it is uvicorn that reads the forwarded address (`--forwarded-allow-ips`)."""
    host = request.client.host if request.client else ""
    return Client(network=_network(host), user_agent=request.headers.get("user-agent", ""), device=request.cookies.get(SEED_COOKIE, ""))


def _network(host: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 customer has to choose from."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
