"""What a verb works with: the store, the mischief, and who asked. Also how facts leave: events and the deliveries they cause."""

import time
from dataclasses import dataclass, field
from typing import Any

from common.embedded.sandbox.mischief import Mischief
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.store import PLATFORM, Doc, Store, new_id

API_VERSION = "2026-10-28.endive"


@dataclass(slots=True)
class Desk:
    """One piece of work: a request or a timer."""

    store: Store
    mischief: Mischief
    request_id: str | None = None
    idempotency_key: str | None = None

    def emit(self, type_: str, doc: Doc, previous: Doc | None = None) -> None:
        """Keep an event with a snapshot of `doc` and queue its deliveries, in the transaction of the work itself."""
        account = doc["id"] if doc["object"] == "account" else str(doc["_account"])
        data: Doc = {"object": public(doc)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Doc = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now(),
            "livemode": False,
            "type": type_,
        }
        event |= {"data": data, "pending_webhooks": 0, "request": {"id": self.request_id, "idempotency_key": self.idempotency_key}}
        if account != PLATFORM:
            event["account"] = account
        endpoints = [end["id"] for end in self.store.select("webhook_endpoint", PLATFORM) if _listens(end, type_, account)]
        event["pending_webhooks"] = len(endpoints)
        self.store.add(event, account)
        for endpoint in endpoints:
            self._queue(event["id"], endpoint)

    def _queue(self, event: str, endpoint: str) -> None:
        copies = self.mischief.plan.duplicates if self.mischief.happens("duplicate") else 1
        for _ in range(copies):
            lost = self.mischief.happens("lose_forever")
            lose_first = self.mischief.happens("lose_first")
            moment = time.time()
            due = moment + self._wait()
            self.store.execute(
                "INSERT INTO delivery (event, endpoint, due, began, lose_first, state) VALUES (?, ?, ?, ?, ?, ?)",
                (event, endpoint, due, moment, lose_first, "lost" if lost else "pending"),
            )

    def _wait(self) -> float:
        seconds = self.mischief.plan.webhook_delay_seconds if self.mischief.happens("webhook_delay") else 0.0
        return seconds + (self.mischief.up_to("disorder") if self.mischief.happens("disorder") else 0.0)


@dataclass(slots=True)
class Call:
    """A request to the API, decoded. `account` is the connected account of `Stripe-Account`, "" the platform itself."""

    desk: Desk
    account: str
    params: Params
    path: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.desk.store

    def mine(self, kind: str, name: str = "id") -> Doc:
        """The object that the path names, of this account."""
        return self.store.get(kind, self.path[name], self.account, param=name)


@dataclass(frozen=True, slots=True)
class Failed:
    """An error answer whose traces stay: a declined card leaves a failed charge and an event behind."""

    status: int
    body: Doc


def now() -> int:
    """The present second, as Stripe counts it."""
    return int(time.time())


def blank(names: str) -> Doc:
    """An object in which each of `names` (words) is null, as Stripe shows what is not there."""
    return dict.fromkeys(names.split())


def public(value: Any) -> Any:
    """`value` as the outside sees it: without keys that begin with an underscore, at any depth."""
    if isinstance(value, dict):
        return {name: public(item) for name, item in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [public(item) for item in value]
    return value


def _listens(endpoint: Doc, type_: str, account: str) -> bool:
    wanted = "*" in endpoint["enabled_events"] or type_ in endpoint["enabled_events"]
    return wanted and (endpoint["_both"] or endpoint["_connect"] == (account != PLATFORM))
