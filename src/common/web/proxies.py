"""Who is at the other end, when a proxy stands between: forwarded addresses count only from networks that the settings name.

`X-Forwarded-For` is read from the right, where the nearest proxy wrote: the first address that is no trusted proxy is the client. What
stands left of it anybody can have written.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from litestar.enums import ScopeType
from litestar.types import Scope

Networks = tuple[IPv4Network | IPv6Network, ...]


def networks_of(listed: str) -> Networks:
    """Comma-separated networks and addresses. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in listed.split(",") if part.strip())


def unwrap(scope: Scope, trusted: Networks) -> None:
    """Put the client's address, and the scheme it was asked by, in place of the proxy's."""
    peer = scope.get("client")
    if not trusted or peer is None or not _is_in(peer[0], trusted):
        return
    named = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    host = _client(b",".join(named).decode("latin-1").split(","), peer[0], trusted)
    scope["client"] = (host, 0 if host != peer[0] else peer[1])
    scheme = next((value.decode("latin-1").strip() for name, value in scope["headers"] if name == b"x-forwarded-proto"), "")
    if scheme in ("http", "https") and scope["type"] == ScopeType.HTTP:
        scope["scheme"] = scheme


def _client(hops: list[str], peer: str, trusted: Networks) -> str:
    """The last hop that is known for sure: nonsense ends the walk."""
    found = peer
    for hop in reversed(hops):
        try:
            found = str(ip_address(_bare(hop)))
        except ValueError:
            return found
        if not _is_in(found, trusted):
            return found
    return found


def _bare(hop: str) -> str:
    """Without a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`."""
    hop = hop.strip()
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_in(host: str, networks: Networks) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address.version == network.version and address in network for network in networks)
