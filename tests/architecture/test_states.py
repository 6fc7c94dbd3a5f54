"""No row waits for ever: every state that is not an end names what brings it on: a timer, a page of staff, or its owner's own page."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from common import jobs
from common.states import Moving
from marvec.orders.machine import CURRENT, OrderState, Party, steps_from, timer_of

ACCESS = Path(__file__).with_name("access.txt")
LISTING = "POST /toko-saya/{slug:str}/barang/{listing_id:uuid}"
DESK = "POST /meja/{application_id:uuid}/{deed:str}"
TIMES = {
    "orders": {
        "placed": "orders.time_out", "paid": "orders.time_out", "accepted": "orders.time_out", "ready": "orders.time_out",
        "shipped": "orders.time_out", "delivered": "orders.time_out", "disputed": "orders.time_out",
    },
    "order_disputes": {"open": "orders.answer_time_out", "answered": "orders.answer_time_out", "review": "orders.time_out"},
    "offers": {"open": "offers.expire"},
    "requests": {"open": "matching.expire"},
    "applications": {"awaiting_payment": "services.pursue_fees"},
    "application_decisions": {"pending": "services.decision_takes_effect"},
    "payment_intents": {"created": "payments.sweep", "started": "payments.sweep", "processing": "payments.sweep"},
    "queue_tickets": {"waiting": "queues.close_days", "called": "queues.close_days", "skipped": "queues.close_days"},
}  # fmt: skip
"""What time ends by itself: a job."""
STAFF = {
    "credentials": {"suspended": "POST /api/v1/credentials/{credential_id:uuid}/resumption"},
    "applications": {"submitted": DESK, "in_review": DESK, "approved": DESK},
    "queue_tickets": {"serving": "POST /meja/antrean/{code:str}/{deed:str}"},
    "storefronts": {"suspended": "POST /api/v1/storefronts/{storefront_id:uuid}/reinstate"},
    "moderation_cases": {"open": "POST /operator/moderasi/{case_id:uuid}"},
    "selling_appeals": {"open": "POST /operator/batas-jual/{appeal_id:uuid}"},
}
"""What somebody on duty ends: a page or a call that only staff may use."""
OWNERS = {
    "applications": {
        "draft": "POST /permohonan/{application_id:uuid}/tarik", "correction": "POST /permohonan/{application_id:uuid}/tarik",
        "awaiting_payment": "POST /permohonan/{application_id:uuid}/tarik",
    },
    "storefronts": {"paused": "POST /toko-saya/{slug:str}/buka"},
    "listings": {"draft": f"{LISTING}/tayang", "paused": f"{LISTING}/tayang"},
}  # fmt: skip
"""What waits for nobody but the one whose it is."""
RESTING = {
    "credentials": {"active"}, "storefronts": {"open"}, "listings": {"published"}, "requests": {"matched"}, "payment_intents": {"closed"},
    "moderation_cases": {"hidden", "suspended"},
}  # fmt: skip
"""States in which a thing is what it should be, though it may still change: nobody waits for it."""


def machines() -> dict[str, set[str]]:
    """Every moving table -> its states that are not an end."""
    found, waiting = {}, list(Moving.__subclasses__())
    for kind in waiting:
        waiting += kind.__subclasses__()
        found[str(kind.__tablename__)] = {str(state) for state, news in kind.MOVES.items() if news}
    return found


def test_every_state_that_is_no_end_says_what_brings_it_on(house: None) -> None:
    told: list[Mapping[str, Collection[str]]] = [TIMES, STAFF, OWNERS, RESTING]
    found = {table: {str(state) for kind in told for state in kind.get(table, ())} for table in machines()}
    assert found == machines()


def test_what_is_said_to_bring_a_state_on_is_there(house: None) -> None:
    timers = {name for states in TIMES.values() for name in states.values()}
    assert timers <= set(jobs.JOBS) | set(jobs.TIMERS)
    lines = {" ".join(line.split()[:2]): line.split()[2] for line in ACCESS.read_text().splitlines()}
    for_staff = {route: lines.get(route, "") for states in STAFF.values() for route in states.values()}
    assert {route for route, access in for_staff.items() if not access.startswith("role:")} == set()
    assert {route for states in OWNERS.values() for route in states.values()} <= set(lines)


@pytest.mark.parametrize("state", [state for state in OrderState if steps_from(CURRENT, state)])
def test_time_moves_an_order_from_every_state_that_is_no_end(state: OrderState) -> None:
    step = timer_of(CURRENT, state)
    assert step is not None and step.after is not None, state
    assert Party.TIMER in step.by
