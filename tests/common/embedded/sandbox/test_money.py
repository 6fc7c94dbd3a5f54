"""Money is conserved, whatever is done in whatever order: what was taken and not given back lies with platform, seller or bank."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from common.embedded.sandbox import qris
from common.embedded.sandbox.api.accounts import ONBOARDED
from common.embedded.sandbox.api.routes import find
from common.embedded.sandbox.clerk import TIMERS
from common.embedded.sandbox.desk import Call, Desk, Failed
from common.embedded.sandbox.errors import ApiError
from common.embedded.sandbox.mischief import Mischief, Plan
from common.embedded.sandbox.params import Params, decode
from common.embedded.sandbox.store import Store

STEPS = (
    *("pay", "hold", "capture", "cancel", "refund", "dispute", "answer", "later"),
    *("transfer", "source_transfer", "reverse", "payout", "platform_payout", "cancel_payout"),
)
Step = tuple[str, int, int]
# Few round amounts that add up and pass each other by one, so that limits are met exactly, just missed and far exceeded.
amounts = st.sampled_from((1, 50_000, 99_999, 100_000, 100_001, 200_000, 400_000))
sequences = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1), amounts), min_size=25, max_size=60)


@dataclass
class Town:
    """The verbs of the sandbox without the network between: the same functions, the same file, the same transactions."""

    store: Store
    mischief: Mischief
    made: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, account: str = "", **params: Any) -> Any:
        verb, names = find(method, path)
        call = Call(Desk(self.store, self.mischief), account, Params({name: str(value) for name, value in params.items()}), names)
        try:
            with self.store.transaction():
                done = verb(call)
        except ApiError:
            return None
        if isinstance(done, Failed):
            return None
        self.made.setdefault(done["object"], []).append(done["id"]) if method == "POST" and "id" in done else None
        return done

    def some(self, kind: str, number: int) -> str:
        ids = self.made.get(kind, [])
        return ids[-1 - number % len(ids)] if ids else "none"  # the newest are the likeliest to be in the right state

    def pass_time(self) -> None:
        """Everything that was due later happens now."""
        for timer, verb, subject in self.store.execute("SELECT id, verb, subject FROM timer"):
            with self.store.transaction():
                self.store.execute("DELETE FROM timer WHERE id = ?", (timer,))
                doc = self.store.find(subject)
                assert doc is not None
                TIMERS[verb](Desk(self.store, self.mischief), doc)

    def take(self, step: Step) -> None:
        name, number, amount = step
        seller, intent = self.some("account", number), self.some("payment_intent", number)
        money = {"amount": amount, "currency": "idr"}
        paying = {"amount": amount + 100_000, "currency": "idr", "confirm": "true", "payment_method": "pm_card_visa"}
        known = self.store.find(intent) or {}
        deeds: dict[str, tuple[str, str, dict[str, Any]]] = {
            "pay": ("/v1/payment_intents", "", paying),
            "hold": ("/v1/payment_intents", "", paying | {"capture_method": "manual"}),
            "capture": (f"/v1/payment_intents/{intent}/capture", "", {"amount_to_capture": amount}),
            "cancel": (f"/v1/payment_intents/{intent}/cancel", "", {}),
            "refund": ("/v1/refunds", "", {"payment_intent": intent, "amount": amount}),
            "transfer": ("/v1/transfers", "", money | {"destination": seller}),
            "source_transfer": (
                "/v1/transfers",
                "",
                money | {"destination": seller, "source_transaction": known.get("latest_charge") or ""},
            ),
            "reverse": (f"/v1/transfers/{self.some('transfer', number)}/reversals", "", {"amount": amount}),
            "payout": ("/v1/payouts", seller, money),
            "platform_payout": ("/v1/payouts", "", money),
            "cancel_payout": (f"/v1/payouts/{self.some('payout', number)}/cancel", "", {}),
            "dispute": ("/v1/payment_intents", "", paying | {"payment_method": "pm_card_createDispute"}),
            "answer": (f"/v1/disputes/{self.some('dispute', number)}/close", "", {}),
        }
        if name == "later":
            self.pass_time()
            self.made["dispute"] = [dispute["id"] for dispute in self.store.select("dispute", "")]
        else:
            path, account, params = deeds[name]
            self.ask("POST", path, account, **params)

    def total(self, kind: str, field_: str, where: str = "1 = 1") -> int:
        sql = f"SELECT coalesce(sum(json_extract(doc, '$.{field_}')), 0) FROM thing WHERE kind = ? AND {where}"
        return int(self.store.execute(sql, (kind,))[0][0])

    def is_conserved(self) -> None:
        taken = self.total("charge", "amount_captured", "id LIKE 'ch_%'")
        back = self.total("refund", "amount", "json_extract(doc, '$.status') <> 'failed'")
        disputed = self.total("dispute", "amount", "json_extract(doc, '$.status') <> 'won'")
        paid_out = self.total("payout", "amount", "json_extract(doc, '$.status') IN ('pending', 'paid')")
        balances = dict(self.store.execute("SELECT account, available FROM balance"))
        assert sum(balances.values()) + paid_out == taken - back - disputed
        assert all(amount >= 0 for account, amount in balances.items() if account)
        sums = self.store.execute(
            "SELECT account, sum(json_extract(doc, '$.net')) FROM thing WHERE kind = 'balance_transaction' GROUP BY account"
        )
        assert dict(sums) == balances

    def nothing_exceeds_its_source(self) -> None:
        for charge in self.store.select("charge", ""):
            dispute = self.store.find(charge["dispute"] or "")
            disputed = dispute["amount"] if dispute else 0
            assert 0 <= charge["amount_refunded"] <= charge["amount_captured"] - disputed <= charge["amount"]
        for transfer in self.store.select("transfer", ""):
            assert 0 <= transfer["amount_reversed"] <= transfer["amount"]


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(sequences, st.integers(0, 3))
def test_random_deeds_conserve_money(steps: list[Step], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "town.sqlite3")
        town = Town(store, Mischief(store))
        with store.transaction():
            town.mischief.follow(Plan(seed=seed, payout_failure=0.5, refund_failure=0.3, dispute=0.1, decline=0.1))
            store.keep(ONBOARDED, True)
        for country in ("ID", "SG"):
            town.ask("POST", "/v1/accounts", country=country)
        town.pass_time()
        assert [account["capabilities"]["transfers"] for account in store.select("account", "")] == ["active", "active"]
        for step in steps:
            town.take(step)
            town.is_conserved()
        for _ in range(3):
            town.pass_time()
        town.is_conserved()
        town.nothing_exceeds_its_source()
        store.close()


@given(st.integers(100, 1_000_000_000))
def test_a_qris_code_carries_its_amount_and_checks(amount: int) -> None:
    text = qris.payload("pi_0123456789abcdef", amount)
    tags, rest = {}, text
    while rest:
        number, length = rest[:2], int(rest[2:4])
        tags[number], rest = rest[4 : 4 + length], rest[4 + length :]
    assert round(float(tags["54"]) * 100) == amount
    assert (tags["53"], tags["58"], tags["62"]) == ("360", "ID", "0519pi_0123456789abcdef")
    assert tags["63"] == f"{qris.crc16(text[:-4].encode()):04X}"


def test_the_check_sum_is_the_published_one() -> None:
    assert qris.crc16(b"123456789") == 0x29B1  # CRC-16/CCITT-FALSE's own check value


def test_forms_nest_as_stripe_writes_them() -> None:
    assert decode("a=1&b[c]=2&b[d][0]=3&b[d][1]=4&e[]=5&e[]=6&f=") == {"a": "1", "b": {"c": "2", "d": ["3", "4"]}, "e": ["5", "6"], "f": ""}
