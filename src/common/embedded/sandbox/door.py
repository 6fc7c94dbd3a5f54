"""The ASGI application: /v1 for programs, /sandbox for tests, everything else (/c /pay /3ds /qris /setup ...) for people; and the clerk."""

import asyncio
import contextlib
from pathlib import Path

from common.embedded.sandbox.api import hooks
from common.embedded.sandbox.api.door import ApiDoor
from common.embedded.sandbox.clerk import Clerk
from common.embedded.sandbox.control import ControlDoor
from common.embedded.sandbox.http import Answer, Receive, Request, Scope, Send, TooLarge, as_json, read, send_answer
from common.embedded.sandbox.mischief import Mischief, Plan
from common.embedded.sandbox.pages.door import PageDoor
from common.embedded.sandbox.store import Store

FILE = "stripe.sqlite3"


class Sandbox:
    """The application and all that it holds. `address` is the public one, without a final slash."""

    def __init__(self, data: Path, address: str, *, webhook: tuple[str, str] | None = None, plan: Plan | None = None) -> None:
        self._store = Store(data / FILE)
        self._mischief = Mischief(self._store)
        self._prepare(webhook, plan)
        self._api = ApiDoor(self._store, self._mischief, address)
        self._control = ControlDoor(self._store, self._mischief, self._api.rendered)
        self._pages = PageDoor(self._store, self._mischief, self._api.rendered)

    def _prepare(self, webhook: tuple[str, str] | None, plan: Plan | None) -> None:
        with self._store.transaction():
            if webhook is not None:
                hooks.listen(self._store, *webhook)
            if plan is not None:
                self._mischief.follow(plan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._clerk = Clerk(self._store, self._mischief, self._api.rendered)
        working = asyncio.create_task(self._clerk.work())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        self._store.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(await read(scope, receive))
        except TooLarge:
            answer = as_json(413, {"error": {"type": "invalid_request_error", "message": "The request is too large."}})
        await send_answer(answer, send)
        self._clerk.wake()

    async def _answer(self, request: Request) -> Answer:
        if request.path == "/healthz":
            return as_json(200, {"status": "ok"})
        if request.path.startswith("/v1/"):
            return await self._api.answer(request)
        if request.path.startswith("/sandbox/"):
            return self._control.answer(request)
        if request.path == "/favicon.ico":
            return Answer(204)
        return self._pages.answer(request)
