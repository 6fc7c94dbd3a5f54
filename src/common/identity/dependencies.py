"""What a handler may ask for by name: `actor` (401 when nobody is signed in) and `visitor` (None then)."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import Cookie

from common.actor import Actor
from common.guards import actor_of, visitor_of
from common.identity.cookies import DEVICE_COOKIE, device_cookie
from common.identity.service import devices
from common.identity.service.sessions import Client
from common.web.cookies import name_of
from common.web.csrf import SEED_COOKIE


def actor(request: Request[Any, Any, Any]) -> Actor:
    return actor_of(request)


def visitor(request: Request[Any, Any, Any]) -> Actor | None:
    return visitor_of(request)


def client_of(request: Request[Any, Any, Any]) -> Client:
    """Where the request comes from. Behind a proxy that the settings name, the middleware has put the client's address in place of it."""
    host, sent = request.client.host if request.client else "", request.cookies
    return Client(
        network=_network(host), user_agent=request.headers.get("user-agent", ""), device=sent.get(name_of(SEED_COOKIE), ""),
        known=sent.get(name_of(DEVICE_COOKIE), ""),
    )  # fmt: skip


def remembered(client: Client, person_id: UUID) -> Cookie:
    """The cookie by which the account knows this browser again."""
    return device_cookie(devices.remembered(client.known, person_id))


def _network(host: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 customer has to choose from."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
