"""Addresses of servers: several hosts, Sentinels, words that are written with percent signs."""

from typing import Any

import pytest
from redis.asyncio import Redis

from common import servers


@pytest.mark.parametrize(
    ("url", "each"),
    [
        ("postgresql://m@db/marvec", ["postgresql://m@db/marvec"]),
        (
            "postgresql://m:a%40b@db1,db2:5433/marvec",
            [
                "postgresql://m:a%40b@db1/marvec?target_session_attrs=read-write",
                "postgresql://m:a%40b@db2:5433/marvec?target_session_attrs=read-write",
            ],
        ),
        (
            "postgresql://[::1]:1,[::2]:2/marvec?sslmode=require&target_session_attrs=any",
            [
                "postgresql://[::1]:1/marvec?target_session_attrs=any&sslmode=require",
                "postgresql://[::2]:2/marvec?target_session_attrs=any&sslmode=require",
            ],
        ),
    ],
)
def test_each_host_of_a_database_is_asked_by_itself(url: str, each: list[str]) -> None:
    assert servers._in_order(url) == each


async def test_sentinels_are_told_apart_from_what_they_watch() -> None:
    client = servers.redis(
        "rediss+sentinel://app:a%40b@s1,s2:26380/kota/3?sentinel_username=w&sentinel_password=p", Redis, socket_timeout=0.5
    )
    pool: Any = client.connection_pool
    assert (pool.service_name, pool.connection_kwargs["username"], pool.connection_kwargs["password"]) == ("kota", "app", "a@b")
    assert (pool.connection_kwargs["db"], pool.connection_class.__name__) == (3, "SentinelManagedSSLConnection")
    asked = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert [(one["host"], one["port"], one["username"], one["password"], one["socket_timeout"]) for one in asked] == [
        ("s1", 26379, "w", "p", 0.5), ("s2", 26380, "w", "p", 0.5),
    ]  # fmt: skip
    assert {one.connection_pool.connection_class.__name__ for one in pool.sentinel_manager.sentinels} == {"SSLConnection"}
    await client.aclose()
