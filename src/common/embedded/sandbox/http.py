"""The thin layer over ASGI: one request read whole, one answer sent whole."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` by lower-case name, `query` undecoded, `client` the other side's address."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    client: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class TooLarge(Exception):
    """The body is more than LARGEST_BODY."""


def as_json(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers={name.replace("_", "-"): value for name, value in headers.items()})


async def read(scope: Scope, receive: Receive) -> Request:
    """The whole request. Errors: TooLarge."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            raise TooLarge
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = (scope.get("client") or ("",))[0]
    return Request(scope["method"], unquote(scope["path"]), scope["query_string"].decode("latin-1"), headers, body, client)


async def send_answer(answer: Answer, send: Send) -> None:
    headers = {"content-type": answer.kind, "content-length": str(len(answer.body)), "cache-control": "no-store", **answer.headers}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
