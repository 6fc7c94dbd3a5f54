"""The clerk does what is due later: timers (expiry, payouts, disputes) and the deliveries of webhooks, all of it kept in the store.

A delivery is at least once and in no promised order. After a failed try it waits 1, 2, 4 ... 60 seconds, then every 60 s for three days
(Stripe's own pauses are hours; a sandbox has no time). Signature: docs.stripe.com/webhooks#verify-manually.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from common.embedded.sandbox.api import disputes, onboarding, payouts, refunds
from common.embedded.sandbox.checkout import closing as checkout
from common.embedded.sandbox.desk import Desk, public
from common.embedded.sandbox.mischief import Mischief
from common.embedded.sandbox.payments import closing, confirming, person
from common.embedded.sandbox.store import Doc, Store

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)


def _dispute(desk: Desk, charge: Doc) -> None:
    disputes.open_(desk, charge)


TIMERS: dict[str, Callable[[Desk, Doc], None]] = {
    "expire_session": checkout.run_out,
    "hear_from_bank": confirming.hear_from_bank,
    "expire_code": person.expire_code,
    "expire_authorisation": closing.expire_authorisation,
    "dispute": _dispute,
    "end_dispute": disputes.end,
    "pay_out": payouts.arrive,
    "fail_payout": payouts.fail,
    "settle_refund": refunds.settle,
    "fail_refund": refunds.fail,
    "verify_account": onboarding.verify,
}
AT_ONCE = 16
LONGEST_PAUSE = 60.0
LONGEST_SLEEP = 5.0
GIVE_UP_SECONDS = 3 * 24 * 3600
TRY_SECONDS = 10.0


class Clerk:
    """One task beside the server. `wake()` after every piece of work; `render` puts our address into kept JSON."""

    def __init__(self, store: Store, mischief: Mischief, render: Callable[[str], str]) -> None:
        self._store, self._mischief, self._render = store, mischief, render
        self._awake = asyncio.Event()
        self._trying: dict[int, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None

    def wake(self) -> None:
        self._awake.set()

    async def work(self) -> None:
        """Until cancelled: whatever is due, then sleep until the next thing is."""
        try:
            while True:
                self._awake.clear()
                self._run_timers()
                self._start_deliveries()
                await self._rest()
        finally:
            await self._stop()

    async def _rest(self) -> None:
        pause = min(LONGEST_SLEEP, max(0.0, self._next_due() - time.time()))
        try:
            await asyncio.wait_for(self._awake.wait(), pause)
        except TimeoutError:
            return

    def _next_due(self) -> float:
        if len(self._trying) >= AT_ONCE:
            return float("inf")  # a delivery that ends wakes us
        busy = ",".join(map(str, self._trying)) or "0"
        waiting = f"SELECT due FROM delivery WHERE state = 'pending' AND id NOT IN ({busy})"  # noqa: S608  (our own numbers)
        due = self._store.execute(f"SELECT min(due) FROM (SELECT due FROM timer UNION ALL {waiting})")[0][0]  # noqa: S608
        return float("inf") if due is None else float(due)

    def _run_timers(self) -> None:
        for timer, verb, subject in self._store.execute("SELECT id, verb, subject FROM timer WHERE due <= ? ORDER BY due", (time.time(),)):
            with self._store.transaction():
                self._store.execute("DELETE FROM timer WHERE id = ?", (timer,))
                doc = self._store.find(subject)
                if doc is not None:
                    TIMERS[verb](Desk(self._store, self._mischief), doc)

    def _start_deliveries(self) -> None:
        sql = "SELECT id, event, endpoint, tries, lose_first FROM delivery WHERE state = 'pending' AND due <= ? ORDER BY due LIMIT ?"
        due = self._store.execute(sql, (time.time(), AT_ONCE + len(self._trying)))
        for id_, event, endpoint, tries, lose_first in due:
            if id_ in self._trying or len(self._trying) >= AT_ONCE:
                continue
            task = asyncio.create_task(self._try(id_, event, endpoint, send=bool(tries) or not lose_first))
            self._trying[id_] = task
            task.add_done_callback(partial(self._tried, id_))

    def _tried(self, id_: int, _: asyncio.Task[None]) -> None:
        del self._trying[id_]
        self.wake()

    async def _try(self, id_: int, event: str, endpoint: str, *, send: bool) -> None:
        to, what = self._store.find(endpoint), self._store.find(event)
        arrived = to is not None and what is not None and send and await self._post(to, what)
        with self._store.transaction():
            if arrived:
                self._store.execute("UPDATE delivery SET state = 'delivered', tries = tries + 1 WHERE id = ?", (id_,))
            else:
                self._postpone(id_)

    async def _post(self, endpoint: Doc, event: Doc) -> bool:
        import httpx  # noqa: PLC0415  (0.2 s that the start of the city need not wait for)

        body = self._render(json.dumps(public(event))).encode()
        self._client = self._client or httpx.AsyncClient(timeout=TRY_SECONDS, trust_env=False)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature(endpoint["_secret"], body)}
        try:
            answer = await self._client.post(endpoint["url"], content=body, headers=headers)
        except httpx.HTTPError as error:
            log.info("webhook %s not delivered: %s", event["id"], type(error).__name__)
            return False
        return answer.is_success

    def _postpone(self, id_: int) -> None:
        rows = self._store.execute("SELECT tries, began FROM delivery WHERE id = ?", (id_,))
        for tries, began in rows:  # none after a reset
            state = "pending" if time.time() - began < GIVE_UP_SECONDS else "given_up"
            sql = "UPDATE delivery SET tries = tries + 1, due = ?, state = ? WHERE id = ? AND state = 'pending'"
            self._store.execute(sql, (time.time() + min(LONGEST_PAUSE, 2.0**tries), state, id_))

    async def _stop(self) -> None:
        tasks = list(self._trying.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()


def signature(secret: str, body: bytes, moment: int | None = None) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 of `<seconds>.<body>`."""
    seconds = int(time.time()) if moment is None else moment
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"
