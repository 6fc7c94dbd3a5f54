"""Requests and their time by route template. Templates, never paths: a bounded number of series and nobody's data."""

from functools import lru_cache

from prometheus_client import Counter, Histogram

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Counter("marvec_http_requests_total", "Answers given", ["method", "route", "status"])
SECONDS = Histogram("marvec_http_seconds", "Seconds from request to end of answer", ["method", "route"], buckets=BUCKETS)
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    known = method if method in KNOWN_METHODS else "OTHER"
    _counter(known, route, status).inc()
    _histogram(known, route).observe(seconds)


@lru_cache(maxsize=4096)
def _counter(method: str, route: str, status: int) -> Counter:
    """`labels()` builds and locks at every call; the child is kept instead."""
    return REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=1024)
def _histogram(method: str, route: str) -> Histogram:
    return SECONDS.labels(method, route)
