"""How a process reaches PostgreSQL and Redis: addresses with several hosts, a pooler between, Sentinels that know the master.

postgresql://user:password@db1,db2:5433/marvec                the first that takes writes; each host is given its own time
redis://:password@host:6379/0                                  one Redis or Valkey
redis+sentinel://:password@s1,s2:26380/mymaster/0              the master of that name, as the Sentinels say at each new connection
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import asyncpg
from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool

from common.settings import Settings

CONNECT_SECONDS = 5.0  # of each host: one that is switched off answers nothing at all
NEXT_HOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,  # a pooler that lost its server says so by a protocol error
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.TargetServerAttributeNotMatched,
)
SENTINEL_PORT = 26379
AnyRedis = TypeVar("AnyRedis", bound=Redis)
_worked: dict[str, str] = {}
"""Of an address with several hosts: the one that answered last, asked first the next time."""


async def connect(url: str, **options: Any) -> asyncpg.Connection:
    """A connection to the first host of `url` that will do; the options are asyncpg's. Raises what the last host raised."""
    *others, last = _in_order(url)
    options.setdefault("timeout", CONNECT_SECONDS)
    for address in others:
        try:
            found = await asyncpg.connect(address, **options)
        except NEXT_HOST:
            continue
        _worked[url] = address
        return found
    try:
        found = await asyncpg.connect(last, **options)
    except asyncpg.TargetServerAttributeNotMatched as error:
        raise ConnectionError("no host of this address takes writes") from error
    _worked[url] = last
    return found


def pool_options(settings: Settings) -> dict[str, Any]:
    """For asyncpg, `connect` and `create_pool` alike."""
    return {} if settings.database_pooler == "none" else {"statement_cache_size": 0}


def engine_options(settings: Settings, url: str) -> dict[str, Any]:
    """For SQLAlchemy's `connect_args`; the engine's own address is `ENGINE_URL`, since SQLAlchemy reads several hosts differently.

    Behind a pooler in transaction mode the next transaction is another server's: no statement that was prepared is there any more. Each is
    sent unnamed, once, with its parameters.
    """
    options: dict[str, Any] = {"async_creator_fn": partial(connect, url), **pool_options(settings)}
    if settings.database_pooler != "none":
        options |= {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}
    return options


ENGINE_URL = "postgresql+asyncpg://"


def redis(url: str, kind: type[AnyRedis], **options: Any) -> AnyRedis:
    """A client of the class `kind`, not connected yet; the options are redis-py's, and hold for the Sentinels, too."""
    if not urlsplit(url).scheme.endswith("+sentinel"):
        client: AnyRedis = kind.from_url(url, **options)
        return client
    address = urlsplit(url)
    name, _, number = address.path.strip("/").partition("/")
    told, tls = parse_qs(address.query), {"ssl": address.scheme.startswith("rediss")}
    sentinels = _Sentinels(  # type: ignore[no-untyped-call] # redis 5 leaves it bare
        [(host, port or SENTINEL_PORT) for host, port in _hosts(address.netloc)],
        sentinel_kwargs=options | tls | _known_as(*(told.get(f"sentinel_{part}", [""])[0] for part in ("username", "password"))),
    )
    more = options | _known_as(unquote(address.username or ""), unquote(address.password or ""))
    master: AnyRedis = sentinels.master_for(name or "mymaster", kind, _MastersPool, db=int(number or 0), **tls, **more)
    return master


class _Sentinels(Sentinel):
    """One that hangs may take all the time that its caller has: the next caller asks another one first."""

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        first = self.sentinels[0]
        try:
            found: tuple[str, int] = await super().discover_master(service_name)
        except asyncio.CancelledError:
            if self.sentinels[0] is first:  # several callers at once move it once
                self.sentinels.append(self.sentinels.pop(0))
            raise
        return found


class _MastersPool(SentinelConnectionPool):
    """Who closes the client closes its connections to the Sentinels as well."""

    async def disconnect(self, inuse_connections: bool = True) -> None:
        await super().disconnect(inuse_connections)
        if inuse_connections:
            for sentinel in self.sentinel_manager.sentinels:
                await sentinel.aclose()


def _in_order(url: str) -> list[str]:
    """An address for each host of `url`, the one that worked last before the others."""
    address = urlsplit(url)
    hosts = list(_hosts(address.netloc))
    if len(hosts) < 2:
        return [url]
    query = urlencode({"target_session_attrs": "read-write", **dict(parse_qsl(address.query))})
    person = address.netloc.rpartition("@")[0]
    each = [
        address._replace(netloc=f"{person}@{_written(host, port)}" if person else _written(host, port), query=query).geturl()
        for host, port in hosts
    ]
    return sorted(each, key=lambda one: one != _worked.get(url))


def _hosts(netloc: str) -> Iterator[tuple[str, int | None]]:
    for part in netloc.rpartition("@")[2].split(","):
        one = urlsplit(f"//{part}")
        yield one.hostname or "", one.port


def _written(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def _known_as(username: str, password: str) -> dict[str, str]:
    return {name: value for name, value in (("username", username), ("password", password)) if value}
