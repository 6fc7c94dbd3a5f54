"""What OpenTelemetry is told. Only `common.tracing` loads this, and only where traces are wanted."""

import asyncio
import inspect
import re
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import wraps
from typing import Any
from uuid import UUID

from asyncpg.connection import LoggedQuery
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Engine, event

from common.tracing import CARRIED

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
PARTING = 2.0  # seconds for what is left when the process ends
LONGEST_STATEMENT = 2000
Told = dict[str, str | int]
STRINGS, NUMBERS = re.compile(r"'(?:[^']|'')*'"), re.compile(r"(?<![\w$])\d{4,}\b")

_provider: TracerProvider | None = None
_tracer: trace.Tracer = trace.NoOpTracer()
_carrier = TraceContextTextMapPropagator()


def start(service: str) -> None:
    """The library reads the rest of its settings (OTEL_...) itself."""
    global _provider, _tracer  # noqa: PLW0603  one of each a process
    if _provider is not None:
        return
    _provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = _provider.get_tracer("marvec")
    event.listen(Engine, "before_cursor_execute", _statement_begins)
    event.listen(Engine, "after_cursor_execute", _statement_ends)
    event.listen(Engine, "handle_error", _statement_fails)


async def stop() -> None:
    global _provider, _tracer
    if _provider is None:
        return
    leaving = threading.Thread(target=_provider.shutdown, daemon=True)
    _provider, _tracer = None, trace.NoOpTracer()
    event.remove(Engine, "before_cursor_execute", _statement_begins)
    event.remove(Engine, "after_cursor_execute", _statement_ends)
    event.remove(Engine, "handle_error", _statement_fails)
    leaving.start()
    await asyncio.to_thread(leaving.join, PARTING)


class Traced:
    """An application, each of its requests a span and the root of a trace: strangers' trace ids are not taken over."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with _span("HTTP", SpanKind.SERVER, context=Context()) as span:
            try:
                await self.app(scope, receive, noting)
            finally:
                _tell_request(span, scope, status)


class Calls:
    """A provider's adapter, each of its calls a span by the name of the method; what it is called with is told to nobody."""

    def __init__(self, adapter: Any, name: str) -> None:
        self._adapter, self._name = adapter, name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._adapter, name)
        return self._watched(name, found) if inspect.iscoroutinefunction(found) else found

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        async def watched(*given: Any, **named: Any) -> Any:
            with _span(f"{self._name} {name}", SpanKind.CLIENT, {"peer.service": self._name}):
                return await call(*given, **named)

        return watched


@contextmanager
def job(name: str, row_id: UUID, attempts: int, carried: str | None) -> Iterator[None]:
    told: Told = {"marvec.job": name, "marvec.outbox_row": str(row_id), "marvec.attempts": attempts}
    context = _carrier.extract({"traceparent": carried}) if carried else Context()
    with _span(f"job {name}", SpanKind.CONSUMER, told, context=context):
        yield


def carried() -> dict[str, str]:
    held: dict[str, str] = {}
    _carrier.inject(held)
    return {CARRIED: held["traceparent"]} if "traceparent" in held else {}


def add_ids(line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    here = trace.get_current_span().get_span_context()
    if here.is_valid:
        line["trace_id"], line["span_id"] = trace.format_trace_id(here.trace_id), trace.format_span_id(here.span_id)
    return line


def statement_ended(query: LoggedQuery) -> None:
    """asyncpg's word after each statement, in the context of who asked. Outside of a request or job nobody would look for it."""
    if not trace.get_current_span().is_recording():
        return
    ended = time.time_ns()
    span = _begin_statement(query.query, ended - int(query.elapsed * 1e9))
    if query.exception is not None:
        _tell_error(span, query.exception)
    span.end(ended)


@contextmanager
def _span(name: str, kind: SpanKind, told: Told | None = None, context: Context | None = None) -> Iterator[Span]:
    """A span whose error is a type and no text: texts hold what people wrote."""
    quiet = {"record_exception": False, "set_status_on_exception": False}
    with _tracer.start_as_current_span(name, context, kind, told, **quiet) as span:  # type: ignore[arg-type]  # the two are flags
        try:
            yield span
        except BaseException as error:
            _tell_error(span, error)
            raise


def _tell_request(span: Span, scope: Scope, status: int) -> None:
    route = str(scope.get("path_template") or "(none)")
    method = str(scope["method"])  # type: ignore[typeddict-item]  # a request's
    span.update_name(f"{method} {route}")
    told: Told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    span.set_attributes(told | {"marvec.request_id": str(scope["state"].get("request_id", ""))})
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def _tell_error(span: Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(StatusCode.ERROR)


def _begin_statement(statement: str, began: int | None = None) -> Span:
    words = NUMBERS.sub("?", STRINGS.sub("?", statement)).strip()
    operation = (words.split(None, 1) or ["?"])[0].upper()
    told = {"db.system.name": "postgresql", "db.operation.name": operation, "db.query.text": words[:LONGEST_STATEMENT]}
    return _tracer.start_span(operation, kind=SpanKind.CLIENT, attributes=told, start_time=began)


def _statement_begins(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is not None and trace.get_current_span().is_recording():
        context.marvec_span = _begin_statement(statement)


def _statement_ends(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    span: Span | None = getattr(context, "marvec_span", None)
    if span is not None:
        span.end()


def _statement_fails(error: Any) -> None:
    span: Span | None = getattr(error.execution_context, "marvec_span", None)
    if span is not None:
        cause = error.original_exception.__cause__  # asyncpg's own, where there is one
        _tell_error(span, cause or error.original_exception)
        span.end()
