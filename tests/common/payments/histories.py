"""Random histories of one payment, as a provider would tell them, and the two ways to live through them: in order, and as it comes."""

import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from common.db import unit_of_work
from common.ids import uuid7
from common.payments import queries, service
from common.payments.errors import NothingLeft, PaymentInDispute
from common.payments.facts import (
    AccountFact,
    DisputeFact,
    Fact,
    IntentFact,
    LookAt,
    PayoutFact,
    RefundFact,
    ReversalFact,
    TransferFact,
)
from common.payments.models import DisputeState, Intent, IntentState, PayoutState, RefundState
from common.payments.service import Part, accounts
from common.payments.service.merging import merge
from common.payments.stripe_adapter import reading
from tests.common.payments import make

AMOUNT, COMMISSION = 100_000, 7_001
SESSION_MESSAGES = {
    "completed": ("complete", "paid"),
    "async_payment_succeeded": ("complete", "paid"),
    "async_payment_failed": ("complete", "unpaid"),
    "expired": ("expired", "unpaid"),
}
SESSION_ENDS = ((), ("completed",), ("completed", "async_payment_succeeded"), ("completed", "async_payment_failed"), ("expired",))
REFUND_ENDS = ((), (RefundState.SUCCEEDED,), (RefundState.SUCCEEDED, RefundState.FAILED), (RefundState.FAILED,))
DISPUTE_ENDS = (
    (),
    (DisputeState.WITHDRAWN,),
    (DisputeState.WITHDRAWN, DisputeState.LOST),
    (DisputeState.WITHDRAWN, DisputeState.WON),
    (DisputeState.WITHDRAWN, DisputeState.LOST, DisputeState.WON),
)
DISPUTED_AMOUNTS = (1, 33_333, 50_000, AMOUNT)
PAYOUT_ENDS = ((), (PayoutState.PAID,), (PayoutState.PAID, PayoutState.FAILED), (PayoutState.FAILED,))


@dataclass(frozen=True)
class History:
    """What happens to a payment of Rp 100.000, besides that it succeeds."""

    tries: tuple[IntentState, ...]
    session: tuple[str, ...]
    by_other_hands: tuple[RefundState, ...]
    disputed: tuple[DisputeState, ...]
    disputed_after: tuple[DisputeState, ...]
    disputed_amount: int
    refund_before: tuple[RefundState, ...]
    released: bool
    refund_after: tuple[RefundState, ...]
    paid_out: tuple[PayoutState, ...]


HISTORIES = st.builds(
    History,
    tries=st.lists(st.sampled_from([IntentState.STARTED, IntentState.PROCESSING]), max_size=3).map(tuple),
    session=st.sampled_from(SESSION_ENDS),
    by_other_hands=st.sampled_from(REFUND_ENDS),
    disputed=st.sampled_from(DISPUTE_ENDS),
    disputed_after=st.sampled_from(DISPUTE_ENDS),
    disputed_amount=st.sampled_from(DISPUTED_AMOUNTS),
    refund_before=st.sampled_from(REFUND_ENDS),
    released=st.booleans(),
    refund_after=st.sampled_from(REFUND_ENDS),
    paid_out=st.sampled_from(PAYOUT_ENDS),
)


@dataclass
class Life:
    """One run through a history, with ids of its own."""

    history: History
    intent: Intent
    part: Part
    ref: str

    @classmethod
    async def begin(cls, history: History) -> "Life":
        async with unit_of_work() as session:
            intent = await make.opened(session, amount=AMOUNT)
            intent.move_to(IntentState.STARTED, by=None)
            intent.provider_ref = f"cs_{intent.id.hex}"
        return cls(history, intent, Part(uuid7(), uuid7(), AMOUNT, COMMISSION), f"pi_{intent.id.hex}")

    def first_facts(self) -> list[Fact]:
        """What can be told before anything of ours follows the success, in order."""
        mine = self.intent.id
        facts: list[Fact] = [IntentFact(None, mine, state, AMOUNT, payment=self.ref) for state in self.history.tries]
        facts += [fact for type_ in self.history.session for fact in reading.facts_of(self._message(type_)) or []]
        facts.append(IntentFact(None, mine, IntentState.SUCCEEDED, AMOUNT, payment=self.ref, charge=f"ch_{mine.hex}", error=""))
        if self.history.by_other_hands:
            states = (RefundState.PENDING, *self.history.by_other_hands)
            facts += [RefundFact(f"re_{mine.hex}", None, self.ref, 11_111, state) for state in states]
        if self.history.disputed:
            facts += self._dispute("du", self.history.disputed)
        return facts

    def _dispute(self, name: str, ends: tuple[DisputeState, ...]) -> list[Fact]:
        told = (DisputeState.OPENED, *ends)
        return [DisputeFact(f"{name}_{self.intent.id.hex}", self.ref, self.history.disputed_amount, state) for state in told]

    def _message(self, type_: str) -> dict[str, Any]:
        """What Stripe sends of this life's Checkout Session."""
        status, paid = SESSION_MESSAGES[type_]
        doc: dict[str, Any] = {"id": self.intent.provider_ref, "object": "checkout.session", "status": status, "payment_status": paid}
        doc |= {"payment_intent": None if status == "expired" else self.ref, "metadata": {reading.OURS: str(self.intent.id)}}
        return {"type": f"checkout.session.{type_}", "data": {"object": doc | {"amount_total": AMOUNT * 100}}}

    async def act(self) -> list[Fact]:
        """What we do once the money is here, as far as a bank lets us; returns what the provider will tell of it, in order."""
        facts: list[Fact] = []
        async with unit_of_work() as session:
            await service.hold_for_sellers(session, self.intent.id, [self.part])
        if self.history.refund_before:
            facts += await self._refund(30_000, self.history.refund_before)
        if self.history.released:
            with suppress(PaymentInDispute):
                facts += await self._release()
        return facts + (self._dispute("dv", self.history.disputed_after) if self.history.disputed_after else [])

    async def _refund(self, amount: int, ends: tuple[RefundState, ...]) -> list[Fact]:
        try:
            async with unit_of_work() as session:
                row = await service.refund(session, order_id=self.part.order_id, amount=amount, reason="uji")
        except (PaymentInDispute, NothingLeft):
            return []
        return [RefundFact(f"re_{row.id.hex}", row.id, self.ref, amount, state) for state in (RefundState.PENDING, *ends)]

    async def _release(self) -> list[Fact]:
        async with unit_of_work() as session:
            await service.release(session, order_id=self.part.order_id)
            transfer = await queries.transfer_of(session, self.part.order_id)
            assert transfer is not None
        told = f"tr_{transfer.id.hex}"
        facts: list[Fact] = [TransferFact(told, transfer.id, transfer.amount)]
        if self.history.refund_after:
            refunded = await self._refund(20_000, self.history.refund_after)
            by_other_hands = ReversalFact(f"trr_x{transfer.id.hex}", None, 5_000)
            facts += [*refunded, TransferFact(told, transfer.id, transfer.amount, (*await self._reversals(refunded), by_other_hands))]
        return facts + await self._payouts()

    async def _reversals(self, facts: list[Fact]) -> list[ReversalFact]:
        """What is taken back from the seller for a refund; nothing when there is neither."""
        for refund in facts:
            assert isinstance(refund, RefundFact)
            assert refund.ours is not None
            async with unit_of_work() as session:
                row = await queries.reversal_for(session, refund.ours)
            return [] if row is None else [ReversalFact(f"trr_{row.id.hex}", row.id, row.amount)]
        return []

    async def _payouts(self) -> list[Fact]:
        if not self.history.paid_out:
            return []
        account = f"acct_{self.part.storefront_id.hex}"
        async with unit_of_work() as session:
            await accounts.keep_account(session, self.part.storefront_id, account)
            await merge(session, AccountFact(account, transfers_enabled=False, payouts_enabled=True))
        states = (PayoutState.PENDING, *self.history.paid_out)
        return [PayoutFact(f"po_{self.intent.id.hex}", account, 40_000, state) for state in states]

    async def books(self) -> dict[str, int]:
        """This life's own pots, under names that do not depend on its ids."""
        names = {str(self.intent.id): "intent", str(self.part.order_id): "order", str(self.part.storefront_id): "shop"}
        found = {name.partition(":")[::2]: amount for name, amount in (await make.pots()).items()}
        return {f"{kind}:{names[owner]}": amount for (kind, owner), amount in found.items() if owner in names}


async def in_order(history: History) -> dict[str, int]:
    """The books when every message comes once and in order."""
    life = await Life.begin(history)
    await tell(life.first_facts())
    await tell(await life.act())
    return await life.books()


async def as_it_comes(history: History, chance: random.Random) -> dict[str, int]:
    """The books when messages come shuffled, several times, or never; what was never told the sweep reads at the provider."""
    life = await Life.begin(history)
    first = life.first_facts()
    await tell(jumbled(first, chance), too_early=True)
    await tell(present(first))
    rest = await life.act()
    await tell(jumbled([*first, *rest], chance))
    await tell(present([*first, *rest]))
    return await life.books()


def jumbled(facts: list[Fact], chance: random.Random) -> list[Fact]:
    told = [fact for fact in facts for _ in range(chance.choice((0, 1, 1, 2, 3)))]
    chance.shuffle(told)
    return told


def present(facts: list[Fact]) -> list[Fact]:
    """What a look at the provider tells: of each thing the last that happened, of the payment first."""
    told = [fact for fact in facts if not isinstance(fact, AccountFact | LookAt)]
    return list({"payment" if isinstance(fact, IntentFact) else fact.ref: fact for fact in told}.values())


async def tell(facts: list[Fact], *, too_early: bool = False) -> None:
    """Every fact is about something of ours; `too_early`: unless its payment was never heard of, then it is looked at instead."""
    for fact in facts:
        async with unit_of_work() as session:
            assert await merge(session, fact) or (too_early and isinstance(fact, DisputeFact | RefundFact)), fact
