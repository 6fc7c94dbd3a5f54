"""Traces (OpenTelemetry), off and free unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector: nothing is imported, nothing wrapped.

A span says what was done, where and how long: the route's template, the statement with its literals taken out, the job's name. Never an
address, an argument, a parameter, an error's text: those are people's data. Who turns it on: `common.spans`.
"""

from collections.abc import MutableMapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from litestar.types import ASGIApp

from common.settings import Settings

T = TypeVar("T")
CARRIED = "_trace"  # among a job's arguments: the span that enqueued it, as W3C writes it (traceparent)
NOTHING: AbstractContextManager[None] = nullcontext()

_spans: Any = None  # the module that knows OpenTelemetry, in a process that traces


def wanted(settings: Settings) -> bool:
    return bool(settings.otlp_endpoint)


def start(settings: Settings, service: str) -> None:
    """Trace this process from now on, if that is wanted. Call it in the process itself: its thread would not survive a fork."""
    global _spans  # noqa: PLW0603  a process traces or does not
    if not wanted(settings):
        return
    _spans = import_module("common.spans")
    _spans.start(service)


async def stop() -> None:
    """Send what is left, within a moment: a collector that is away holds nobody up."""
    if _spans is not None:
        await _spans.stop()


def around(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The application, each of its requests a span when traces are wanted."""
    if not wanted(settings):
        return app
    traced: ASGIApp = import_module("common.spans").Traced(app)
    return traced


def calls_of(adapter: T, name: str) -> T:
    """What speaks to a provider, each of its calls a span."""
    return adapter if _spans is None else _spans.Calls(adapter, name)


def job(name: str, row_id: UUID, attempts: int, carried: str | None) -> AbstractContextManager[None]:
    """The span of one run of a job, in the trace that enqueued it."""
    return NOTHING if _spans is None else _spans.job(name, row_id, attempts, carried)


def carried() -> dict[str, str]:
    """What a job must be given to run in the trace of now; empty outside of one."""
    return {} if _spans is None else _spans.carried()


def watch(connection: asyncpg.Connection) -> None:
    """Each of this connection's statements is a span."""
    if _spans is not None:
        connection.add_query_logger(_spans.statement_ended)


def add_ids(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog: which trace and span a line belongs to."""
    return event if _spans is None else _spans.add_ids(event)
