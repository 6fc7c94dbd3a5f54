"""Prometheus: requests and their time by route template. Templates, never paths: a bounded number of series and nobody's data."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Counter("marvec_http_requests_total", "Answers given", ["method", "route", "status"])
SECONDS = Histogram("marvec_http_seconds", "Seconds from request to end of answer", ["method", "route"], buckets=BUCKETS)
PATIENCE = 2.0  # seconds
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    known = method if method in KNOWN_METHODS else "OTHER"
    _counter(known, route, status).inc()
    _histogram(known, route).observe(seconds)


ASKED: list[Callable[[], Awaitable[None]]] = []
"""What rooms look up when somebody reads the metrics: each sets gauges of its own, from the database that all processes share."""


async def ask() -> None:
    """Bring the asked gauges up to date; one that cannot say in time keeps what it said before."""
    for look in ASKED:
        with suppress(Exception):
            await asyncio.wait_for(look(), PATIENCE)


def exposition() -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    return generate_latest(), CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


@lru_cache(maxsize=4096)
def _counter(method: str, route: str, status: int) -> Counter:
    """`labels()` builds and locks at every call; the child is kept instead."""
    return REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=1024)
def _histogram(method: str, route: str) -> Histogram:
    return SECONDS.labels(method, route)
