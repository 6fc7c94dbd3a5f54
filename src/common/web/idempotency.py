"""`Idempotency-Key` on POST: a request that is sent again has its effect once and gets the same answer.

The key is claimed in the request's own transaction, as soon as its session opens, and the answer is kept in the same transaction: claim,
effect and answer stand or fall together, so no crash can separate them. A transaction-level advisory lock makes a second sender hear
409 at once instead of waiting. A handler that opens its own transactions calls `claim_now` in the first; a repetition hears 409
`already_done`, as the answer was not known when that transaction ended.
Source: draft-ietf-httpapi-idempotency-key-header; Stripe's behaviour for a changed body.
"""

import hashlib
import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.response import Redirect
from litestar.serialization import get_serializer
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, sealing
from common.db import unit_of_work
from common.errors import Conflict, Invalid
from common.i18n import N_
from common.settings import get_settings
from common.web.answered import Answered
from common.web.cookies import name_of
from common.web.csrf import SEED_COOKIE
from common.web.models import IdempotencyKey

SANE_KEY = re.compile(r"[\x21-\x7e]{8,200}")
KEPT = timedelta(hours=24)
KEPT_HEADERS = ("location", "link")
REPLAYED = "Idempotent-Replayed"
PURPOSE = "idempotency-answer"  # sealed at rest: an answer may be a token, and often holds personal data


class UnderWay(Conflict):
    code = "idempotency_under_way"
    message = N_("Kiriman yang sama sedang diproses.")


class AlreadyDone(Conflict):
    code = "idempotency_already_done"
    message = N_("Kiriman ini sudah diproses, tetapi jawabannya tidak tersimpan.")


class OtherBody(Invalid):
    code = "idempotency_other_body"
    message = N_("Idempotency-Key ini sudah dipakai untuk kiriman yang lain.")


class BadKey(Invalid):
    code = "idempotency_bad_key"
    message = N_("Idempotency-Key harus 8 sampai 200 huruf atau angka tanpa spasi.")


@dataclass
class Claim:
    """One request's key: what to look for, and the row once it is claimed."""

    request: Request[Any, Any, Any]
    key: str
    held: "Held | None" = None


@dataclass(frozen=True)
class Held:
    session: AsyncSession
    row: IdempotencyKey


_claim: ContextVar[Claim | None] = ContextVar("idempotency_claim", default=None)


async def prepare(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Notes the key of a POST, to be claimed when the request's session opens. Pages send one with a form that is kept as a draft."""
    _claim.set(None)
    key = connection.headers.get("idempotency-key")
    if key is None or not isinstance(connection, Request) or connection.method != "POST":
        return
    if not SANE_KEY.fullmatch(key):
        raise BadKey({"Idempotency-Key": BadKey.message})
    if connection.url.path.startswith("/api/"):
        await connection.body()  # before anybody parses a form: a form is read from a kept body, but leaves none behind
    found = Claim(connection, key)
    _claim.set(found)

    async def opened(session: AsyncSession) -> None:
        await claim(session, found)

    connection.scope["state"]["session_opened"] = opened


async def claim(session: AsyncSession, found: Claim) -> None:
    """Claim the key in this transaction. Raises `Answered` with the kept answer, `UnderWay`, `AlreadyDone` (409) or `OtherBody` (422)."""
    body_hash = await _body_hash(found.request)
    caller = _caller(found.request, body_hash)
    lock = int.from_bytes(hashlib.sha256(caller + found.key.encode()).digest()[:8], "big", signed=True)
    if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock}):
        raise UnderWay
    row = await session.scalar(select(IdempotencyKey).where(col(IdempotencyKey.caller) == caller, col(IdempotencyKey.key) == found.key))
    if row is not None:
        _refuse_or_replay(row, body_hash)
    fresh = IdempotencyKey(caller=caller, key=found.key, body_hash=body_hash)
    session.add(fresh)
    await session.flush()
    found.held = Held(session, fresh)


async def claim_now(request: Request[Any, Any, Any], session: AsyncSession) -> None:
    """For a handler that opens its own transactions: claim the request's key, if it has one, first thing in the first of them."""
    if opened := request.scope["state"].get("session_opened"):
        await opened(session)


async def keep_answer(response: Response[Any]) -> Response[Any]:
    """App-level after_request hook: it runs inside the request's transaction, before COMMIT, so the answer is kept with its effect."""
    found = _claim.get()
    if found is None or found.held is None or not found.held.session.in_transaction():
        return response
    row = found.held.row
    handler = found.request.route_handler
    status = response.status_code or handler.status_code
    media_type = str(response.media_type or "application/json")
    body = response.render(response.content, media_type, get_serializer(handler.resolve_type_encoders()))
    row.body = sealing.seal(_secret(), body, purpose=PURPOSE, subject=str(row.id))
    row.status = int(status)
    said = response.headers | ({"location": response.url} if isinstance(response, Redirect) else {})
    row.headers = {"content-type": media_type} | {k.lower(): v for k, v in said.items() if k.lower() in KEPT_HEADERS}
    await found.held.session.flush()
    return response


async def forget_old() -> None:
    """Delete keys older than a day: a repetition comes within minutes."""
    async with unit_of_work() as session:
        await session.execute(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < clock.now() - KEPT))


def _refuse_or_replay(row: IdempotencyKey, body_hash: bytes) -> None:
    if row.body_hash != body_hash:
        raise OtherBody
    if row.status is None:
        raise AlreadyDone
    raise Answered(_kept(row), row.status)


def _kept(row: IdempotencyKey) -> Response[bytes]:
    headers = {name: str(value) for name, value in row.headers.items() if name != "content-type"}
    media_type = str(row.headers.get("content-type", "application/json"))
    body = sealing.unseal(_secret(), row.body, purpose=PURPOSE, subject=str(row.id)) if row.body else b""
    return Response(body, status_code=row.status, headers={**headers, REPLAYED: "true"}, media_type=media_type)


def _secret() -> str:
    return get_settings().secret_key.get_secret_value()


def _caller(request: Request[Any, Any, Any], body_hash: bytes) -> bytes:
    """Whose key it is: two who choose the same one never get each other's answers.

    The person when known; a stranger's browser by its cookie. A stranger without one has nothing that another could not send as well (a
    dead token is often the word `null`), so that the network and the body, secrets and all, are part of the name.
    """
    actor = request.scope["state"].get("actor")
    seed = request.cookies.get(name_of(SEED_COOKIE), "")
    host = request.client.host if request.client else ""
    stranger = f"seed:{seed}" if seed else f"stranger:{host}:{request.headers.get('authorization', '')}:{body_hash.hex()}"
    return hashlib.sha256((f"person:{actor.person_id}" if actor else stranger).encode()).digest()


async def _body_hash(request: Request[Any, Any, Any]) -> bytes:
    """Method, address and body: the same key on another address is another request.

    Of a page's form the address alone: sent again it has another boundary and another CSRF token, and its script renews the key
    when a word changes.
    """
    asked = f"{request.method} {request.scope['path']}?{request.url.query}\n".encode()
    body = await request.body() if request.scope["path"].startswith("/api/") else b""
    return hashlib.sha256(asked + body).digest()
