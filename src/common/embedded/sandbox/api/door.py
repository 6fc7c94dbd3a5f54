"""How a request to /v1 is answered: key, account, idempotency, one transaction, expansion, and mischief around it.

Idempotency (docs.stripe.com/api/idempotent_requests): the answer is kept in the transaction of the work, so both are there or neither. The
same key with other parameters is a 400, while the first is under way a 409, afterwards the kept answer with `Idempotent-Replayed: true`.
"""

import asyncio
import base64
import binascii
import hashlib
import json
import time
from typing import Any

from common.embedded.sandbox.api import accounts, routes
from common.embedded.sandbox.api.expansion import expand
from common.embedded.sandbox.desk import API_VERSION, Call, Desk, Failed, public
from common.embedded.sandbox.errors import ApiError, BadParameter, Broken, KeyInUse, KeyUsedOtherwise, NotAllowed, UnknownAccount
from common.embedded.sandbox.http import Answer, Request
from common.embedded.sandbox.mischief import Mischief
from common.embedded.sandbox.params import Params, decode
from common.embedded.sandbox.payments.confirming import HERE
from common.embedded.sandbox.store import Store, new_id

KEY_SECONDS = 24 * 3600


class ApiDoor:
    """Answers /v1. `address` is our own, as people reach it: it stands in the links that answers carry."""

    def __init__(self, store: Store, mischief: Mischief, address: str) -> None:
        self._store, self._mischief, self._address = store, mischief, address
        self._under_way: set[tuple[str, str]] = set()

    async def answer(self, request: Request) -> Answer:
        """Stripe's answer to any request, errors included."""
        request_id = new_id("req")
        try:
            status, body, replayed = await self._serve(request, request_id)
        except ApiError as error:
            status, body, replayed = error.status, json.dumps(error.body()), False
        headers = {"request-id": request_id, "stripe-version": API_VERSION} | ({"idempotent-replayed": "true"} if replayed else {})
        if "idempotency-key" in request.headers:
            headers["idempotency-key"] = request.headers["idempotency-key"]
        return Answer(status, self.rendered(body).encode(), headers=headers)

    def rendered(self, text: str) -> str:
        """Kept JSON with our present address in its links."""
        return text.replace(HERE, f"{self._address}/")

    async def _serve(self, request: Request, request_id: str) -> tuple[int, str, bool]:
        _authenticate(request)
        verb, path = routes.find(request.method, request.path)
        values = decode(request.query) | decode(request.body.decode("utf-8", "replace") if request.method == "POST" else "")
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        call = Call(Desk(self._store, self._mischief, request_id, key), request.headers.get("stripe-account", ""), Params(values), path)
        if call.account and not accounts.owner_exists(call):
            raise UnknownAccount(call.account)
        if key is None:
            await self._dawdle()
            return *self._work(verb, call, request), False
        return await self._once(key, verb, call, request)

    async def _once(self, key: str, verb: routes.Verb, call: Call, request: Request) -> tuple[int, str, bool]:
        place = (call.account, key)
        if place in self._under_way:
            raise KeyInUse(key)
        kept = self._kept(place, _fingerprint(request, call.params.values))
        if kept is not None:
            return *kept, True
        self._under_way.add(place)
        try:
            await self._dawdle()
            return *self._work(verb, call, request), False
        finally:
            self._under_way.discard(place)

    async def _dawdle(self) -> None:
        with self._store.transaction():
            slow = self._mischief.happens("slow")
        if slow:
            await asyncio.sleep(self._mischief.plan.slow_seconds)

    def _work(self, verb: routes.Verb, call: Call, request: Request) -> tuple[int, str]:
        try:
            with self._store.transaction():
                broken = request.method == "POST" and self._mischief.happens("error_after_work")
                status, body = self._do(verb, call)
                self._remember(call, request, status, body)
        except ApiError as error:
            if error.saved:
                with self._store.transaction():
                    self._remember(call, request, error.status, json.dumps(error.body()))
            raise
        if broken:
            raise Broken("An unknown error occurred (misbehaviour: the work is done).")
        return status, body

    def _do(self, verb: routes.Verb, call: Call) -> tuple[int, str]:
        done = verb(call)
        if isinstance(done, Failed):
            return done.status, json.dumps(done.body)
        return 200, json.dumps(public(expand(self._store, done, call.params.texts("expand"))))

    def _kept(self, place: tuple[str, str], fingerprint: str) -> tuple[int, str] | None:
        sql = "SELECT request, status, body FROM answered WHERE account = ? AND key = ? AND at > ?"
        for request, status, body in self._store.execute(sql, (*place, time.time() - KEY_SECONDS)):
            if request != fingerprint:
                raise KeyUsedOtherwise(place[1])
            return int(status), str(body)
        return None

    def _remember(self, call: Call, request: Request, status: int, body: str) -> None:
        key = call.desk.idempotency_key
        if key is not None:
            values = (call.account, key, _fingerprint(request, call.params.values), status, body, time.time())
            self._store.execute("INSERT OR REPLACE INTO answered VALUES (?, ?, ?, ?, ?, ?)", values)


def _authenticate(request: Request) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = given.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if scheme.lower() not in {"bearer", "basic"} or not key.startswith(("sk_", "rk_")):
        raise NotAllowed


def _fingerprint(request: Request, values: dict[str, Any]) -> str:
    if len(request.headers.get("idempotency-key", "")) > 255:
        raise BadParameter("Idempotency keys are at most 255 characters.", code="idempotency_key_too_long")
    text = json.dumps([request.method, request.path, values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
