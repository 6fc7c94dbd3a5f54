"""One ASGI middleware around the whole application: request id, language, security headers, access log, metrics."""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from common import i18n, ids
from common.errors import DomainError
from common.settings import Settings
from common.web import csrf, proxies, toasts
from common.web.cookies import is_https, name_of
from common.web.headers import security_headers
from common.web.metrics import observe

log = structlog.get_logger("access")
SANE_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
YEAR = 31536000


class Ground:
    """`Ground(app.asgi_handler, settings)`. Outermost, so that 404 and 500 carry the same headers as everything else."""

    def __init__(self, app: ASGIApp, settings: Settings, sockets: Mapping[str, ASGIApp] | None = None) -> None:
        self.app = app
        self.sockets = sockets or {}
        self.headers = security_headers(settings)
        self.trusted = proxies.networks_of(settings.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        proxies.unwrap(scope, self.trusted)
        asked = _prepare(scope)
        if scope["type"] == ScopeType.HTTP:
            await self._answer(scope, receive, send, asked)
        else:
            await self._converse(scope, receive, send)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A socket that cannot be opened now is refused with the error's status, and its client comes back later."""
        try:
            await self.sockets.get(scope["path"], self.app)(scope, receive, send)
        except DomainError as error:
            if "websocket.http.response" not in (scope.get("extensions") or {}):
                await send({"type": "websocket.close", "code": 1013, "reason": error.code})
                return
            headers = [(b"retry-after", str(error.params.get("seconds", 30)).encode())]
            begin: Any = {"type": "websocket.http.response.start", "status": error.status, "headers": headers}
            end: Any = {"type": "websocket.http.response.body", "body": b""}
            await send(begin)
            await send(end)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send, asked: str | None) -> None:
        started, status, method = time.perf_counter(), 500, scope["method"]
        is_head = method == "HEAD"
        if is_head:  # the same answer without its body, wherever GET has one (RFC 9110, 9.3.2)
            scope["method"] = HttpMethod.GET

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._added(scope, message["headers"], asked)]
            if is_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            _note(scope, method, status, time.perf_counter() - started)

    def _added(self, scope: Scope, present: Iterable[tuple[bytes, bytes]], asked: str | None) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in present}
        added = [header for header in self.headers if header[0] not in names]  # two policies of one name would both count
        added.append((b"x-request-id", scope["state"]["request_id"].encode()))
        if b"cache-control" not in names:
            added.append((b"cache-control", b"no-store" if scope["path"].startswith("/api/") else b"private, no-cache"))
        if b"content-language" not in names:
            added.append((b"content-language", i18n.language().encode()))
        added.extend((b"set-cookie", cookie.encode()) for cookie in self._cookies(scope, asked))
        return added

    def _cookies(self, scope: Scope, asked: str | None) -> list[str]:
        secure = "; Secure" if is_https() else ""
        found = []
        if asked in i18n.LOCALES:
            found.append(f"bahasa={asked}; Path=/; Max-Age={YEAR}; SameSite=Lax{secure}")
        if seed := scope["state"].get("csrf_new_seed"):
            found.append(f"{name_of(csrf.SEED_COOKIE)}={seed}; Path=/; HttpOnly; SameSite=Lax{secure}")
        if toasts.spent(scope):
            found.append(f"{toasts.COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}")
        return found


def _prepare(scope: Scope) -> str | None:
    """Request id and language into their context; returns the language asked for. Apart, so that no socket holds its headers for long."""
    headers = dict(scope["headers"])
    request_id = scope["state"]["request_id"] = _request_id(headers.get(b"x-request-id", b""))
    asked = _asked_language(scope)
    cookies = csrf.cookies_of(scope) if b"cookie" in headers else {}
    # A phone sold here lists English by factory setting: on pages it counts only when a person asks. A program says what it means.
    listed = headers.get(b"accept-language", b"").decode("latin-1") if scope["path"].startswith("/api/") else ""
    i18n.choose(asked, cookies.get("bahasa"), listed)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return asked


def _note(scope: HTTPScope, method: str, status: int, seconds: float) -> None:
    """The route's template, never the address: paths and query strings hold references, phone numbers and searches."""
    route = str(scope.get("path_template") or "(none)")
    method = str(method)
    observe(method, route, status, seconds)
    if route not in QUIET:
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _request_id(sent: bytes) -> str:
    """The proxy's id when it is sane, so that one request has one name along the way; else a new UUIDv7."""
    return sent.decode() if SANE_ID.fullmatch(sent) else str(ids.uuid7())


def _asked_language(scope: Scope) -> str | None:
    query = scope.get("query_string", b"")
    if b"bahasa=" not in query:
        return None
    return parse_qs(query.decode("latin-1")).get("bahasa", [None])[-1]
