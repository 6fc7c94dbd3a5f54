"""HTTP as a careful client speaks it: a request that got no answer is sent again with the same Idempotency-Key."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx

from marvec.demo.errors import Off
from marvec.demo.waiting import PATIENCE, PAUSE

AGAIN = frozenset({502, 503, 504})
UNDER_WAY = "idempotency_under_way"  # our own first sending is still being worked on


class Door:
    """One person's (or nobody's) way in. `repeated` counts the requests that had to be sent again."""

    def __init__(self, url: str, *, browser: bool = False) -> None:
        """`browser`: known by its session's cookie, and not by a token."""
        self.browser = browser
        self.url = url.rstrip("/")
        self.token = ""
        self.repeated = 0
        self._client = httpx.AsyncClient(base_url=self.url, timeout=20.0, headers={"Accept-Language": "id"})

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, **params: str | int) -> Any:
        """The JSON of /api/v1<path>."""
        return (await self.ask("GET", f"/api/v1{path}", params=params)).json()

    async def post(self, path: str, body: object = None, *, key: str | None = None, sent: asyncio.Event | None = None) -> Any:
        """Sends `body` to /api/v1<path>, under `key` or a key of its own; -> the answer's JSON. `sent` is set when it is on its way."""
        more = {} if sent is None else {"extensions": {"trace": _watch(sent)}}
        return _json(await self.ask("POST", f"/api/v1{path}", json=body, headers={"Idempotency-Key": key or uuid4().hex}, **more))

    async def post_plain(self, path: str) -> Any:
        """To an address that is by itself the same however often it is asked (it opens its own transactions: no key)."""
        return _json(await self.ask("POST", f"/api/v1{path}"))

    async def put(self, path: str, body: object) -> Any:
        return _json(await self.ask("PUT", f"/api/v1{path}", json=body))

    async def patch(self, path: str, body: object) -> Any:
        return _json(await self.ask("PATCH", f"/api/v1{path}", json=body))

    async def upload(self, method: str, path: str, name: str, data: bytes) -> Any:
        """One JPEG as multipart, field `data`. The boundary is fixed, so that a repetition is the same body."""
        kind = {"Content-Type": "multipart/form-data; boundary=" + uuid4().hex, "Idempotency-Key": uuid4().hex}
        return _json(await self.ask(method, f"/api/v1{path}", files={"data": (name, data, "image/jpeg")}, headers=kind))

    async def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer, whatever it takes. Raises `Off` for a refusal (4xx, 500) or when nobody answers."""
        answer = await self.answer_of(method, path, **request)
        if answer.is_error:
            raise Off(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer

    async def answer_of(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer, refusals too; sent again while the server is away or still at the first sending."""
        headers = dict(request.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        end_at = time.monotonic() + PATIENCE
        while True:
            answer = await self._once(method, path, headers, request)
            if answer is not None:
                return answer
            if time.monotonic() > end_at:
                raise Off(f"{method} {path}: no answer within {PATIENCE:.0f} s")
            self.repeated += 1
            await asyncio.sleep(PAUSE)

    async def _once(self, method: str, path: str, headers: dict[str, str], request: dict[str, Any]) -> httpx.Response | None:
        try:
            answer = await self._client.request(method, path, headers=headers, **request)
        except httpx.TransportError:
            return None
        if not self.browser:
            self._client.cookies.clear()  # a program is known by its token alone
        under_way = answer.status_code == 409 and UNDER_WAY in answer.text
        return None if answer.status_code in AGAIN or under_way else answer


def _watch(sent: asyncio.Event) -> Callable[[str, object], Awaitable[None]]:
    """httpx's trace of a request: `sent` when its last byte was written, before any answer."""

    async def trace(event: str, _: object) -> None:
        if event == "http11.send_request_body.complete":
            sent.set()

    return trace


def _json(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None
