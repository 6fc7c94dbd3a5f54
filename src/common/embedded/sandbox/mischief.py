"""Misbehaviour on demand, seeded: the same seed, plan and order of requests give the same mischief, also over a restart."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from random import Random
from typing import Any

from common.embedded.sandbox.errors import BadParameter
from common.embedded.sandbox.store import Store

_WHOLE = frozenset({"seed", "duplicates"})


@dataclass(frozen=True, slots=True)
class Plan:
    """Chances between 0 and 1 (1: always), and how long or how often. The default is good behaviour."""

    seed: int = 0
    webhook_delay: float = 0.0
    webhook_delay_seconds: float = 2.0
    duplicate: float = 0.0
    duplicates: int = 3  # deliveries of a duplicated event, altogether
    disorder: float = 0.0  # an event waits up to disorder_seconds, so that later ones overtake it
    disorder_seconds: float = 1.0
    lose_first: float = 0.0  # the first try is never sent, the second comes by back-off
    lose_forever: float = 0.0
    slow: float = 0.0  # the request waits before its work begins, its idempotency key is in use meanwhile
    slow_seconds: float = 1.0
    error_after_work: float = 0.0  # POST: the work is kept, the answer is 500
    decline: float = 0.0
    three_d_secure: float = 0.0
    delayed: float = 0.0  # QRIS: the bank answers later, a Checkout Session is complete but unpaid meanwhile
    delayed_seconds: float = 1.0
    delayed_failure: float = 0.0  # ... and the answer is no
    dispute: float = 0.0
    dispute_seconds: float = 1.0
    payout_failure: float = 0.0  # payout.failed after payout.paid
    payout_failure_seconds: float = 1.0
    refund_failure: float = 0.0  # refund.failed after it succeeded
    refund_failure_seconds: float = 1.0

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Plan":
        """A plan from JSON. Errors: BadParameter that names the unknown or malformed word."""
        known: dict[str, Any] = {field.name: int if field.name in _WHOLE else float for field in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise BadParameter(f"Unknown misbehaviour '{name}'; known: {', '.join(known)}", param=name)
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise BadParameter(f"Misbehaviour '{name}' must be a number of 0 or more", param=name)
        return cls(**{name: known[name](value) for name, value in values.items()})


class Mischief:
    """Draws from one stream per kind of mischief, so that one kind never disturbs another. Call inside a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.plan = Plan.read(store.kept("plan", {}))

    def follow(self, plan: Plan) -> None:
        """Behave by `plan` from now on, from the beginning of its streams."""
        self._store.execute("DELETE FROM kept WHERE name LIKE 'draws:%'")
        self._store.keep("plan", asdict(plan))
        self.plan = plan

    def happens(self, name: str) -> bool:
        chance = float(getattr(self.plan, name))
        return chance > 0 and self._draw(name) < chance

    def up_to(self, name: str) -> float:
        """Seconds between 0 and the plan's `<name>_seconds`."""
        return self._draw(f"{name}_seconds") * float(getattr(self.plan, f"{name}_seconds"))

    def _draw(self, stream: str) -> float:
        number = int(self._store.kept(f"draws:{stream}", 0))
        self._store.keep(f"draws:{stream}", number + 1)
        return Random(f"{self.plan.seed}:{stream}:{number}").random()  # noqa: S311  (chance, not secrecy)
