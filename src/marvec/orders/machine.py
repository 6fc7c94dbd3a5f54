"""The life of an order as data: one readable table. The server, the timers, the migration's trigger and the page's buttons all read it.

A new rule is a new version (`orders/3`): an order that is under way finishes on the version that it began with.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from common.i18n import N_
from common.states import Moves


class OrderState(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    ACCEPTED = "accepted"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


class Party(StrEnum):
    """Who moves an order. `timer` and `payment` are the house itself."""

    BUYER = "buyer"
    SELLER = "seller"
    OPERATOR = "operator"
    TIMER = "timer"
    PAYMENT = "payment"


class Money(StrEnum):
    """What a move does to the money that we hold."""

    KEEP = "keep"
    REFUND = "refund"  # all of the order's total, to the buyer
    RELEASE = "release"  # to the seller, less commission (and less what an operator gives back to the buyer)


class Stock(StrEnum):
    """What a move does to the reserved pieces. They stay reserved until the goods leave the seller's hands."""

    KEEP = "keep"
    FREE = "free"
    TAKE = "take"


class Handover(StrEnum):
    PICKUP = "pickup"
    COURIER = "courier"


class Complaint(StrEnum):
    """What is wrong, in the buyer's eyes."""

    NOT_ARRIVED = "not_arrived"
    DAMAGED = "damaged"
    DIFFERENT = "different"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class DisputeState(StrEnum):
    OPEN = "open"  # the seller has not answered
    ANSWERED = "answered"  # the two may still agree
    REVIEW = "review"  # an operator decides
    SETTLED = "settled"  # by the two
    DECIDED = "decided"  # by an operator
    LAPSED = "lapsed"  # by time, as stated from the beginning


_D = DisputeState
DISPUTES_1: Moves = {
    _D.OPEN: frozenset({_D.ANSWERED, _D.SETTLED, _D.LAPSED}),
    _D.ANSWERED: frozenset({_D.REVIEW, _D.SETTLED, _D.LAPSED}),  # lapsed: a bank gave the money back before anybody else did
    _D.REVIEW: frozenset({_D.SETTLED, _D.DECIDED, _D.LAPSED}),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed move. `after` is the timer's patience in the old state (unpaid orders carry their own, `Order.pay_by`); `only` limits
    it to one kind of delivery; who is in `explains` says why."""

    old: OrderState
    new: OrderState
    by: frozenset[Party]
    button: str = ""
    after: timedelta | None = None
    money: Money = Money.KEEP
    stock: Stock = Stock.KEEP
    only: Handover | None = None
    explains: frozenset[Party] = frozenset()


def _by(*parties: Party) -> frozenset[Party]:
    return frozenset(parties)


_S, _M, _K = OrderState, Money, Stock
_BUYER, _SELLER, _OPERATOR, _TIMER, _PAYMENT = Party.BUYER, Party.SELLER, Party.OPERATOR, Party.TIMER, Party.PAYMENT
_PICKUP, _COURIER = Handover
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
TIME_TO_ANSWER, TIME_TO_SETTLE = 3 * _DAY, 10 * _DAY
"""How long a seller has to answer a complaint, and after how long an undecided dispute goes to its default."""
TIME_TO_PAY = 15 * _MINUTE
"""For a cart. What was agreed in an offer is paid by the end of the offer."""
AFTER_NEEDED = 3 * _DAY
"""What was ordered for a day may still be handed over so long after it, before time cancels it."""

# fmt: off
ORDERS_1: tuple[Step, ...] = (
    #    from          to            who may                   the button                      after         money       stock
    Step(_S.PLACED,    _S.PAID,      _by(_PAYMENT)),
    Step(_S.PLACED,    _S.EXPIRED,   _by(_TIMER, _PAYMENT),    "",                             15 * _MINUTE, _M.KEEP,    _K.FREE),
    Step(_S.PLACED,    _S.CANCELLED, _by(_BUYER),              N_("Batalkan pesanan"),         None,         _M.KEEP,    _K.FREE),
    Step(_S.PAID,      _S.ACCEPTED,  _by(_SELLER),             N_("Terima pesanan")),
    Step(_S.PAID,      _S.DECLINED,  _by(_SELLER),             N_("Tolak pesanan"),            None,         _M.REFUND,  _K.FREE),
    Step(_S.PAID,      _S.CANCELLED, _by(_BUYER, _TIMER),      N_("Batalkan pesanan"),         _DAY,         _M.REFUND,  _K.FREE),
    Step(_S.ACCEPTED,  _S.READY,     _by(_SELLER),             N_("Siap diambil"),             only=_PICKUP),
    Step(_S.ACCEPTED,  _S.SHIPPED,   _by(_SELLER),             N_("Sudah dikirim"),            None,         _M.KEEP,    _K.TAKE, _COURIER),
    Step(_S.ACCEPTED,  _S.CANCELLED, _by(_BUYER, _SELLER),     N_("Batalkan pesanan"),         None,         _M.REFUND,  _K.FREE),
    Step(_S.READY,     _S.DELIVERED, _by(_SELLER, _TIMER),     N_("Sudah diambil"),            7 * _DAY,     _M.KEEP,    _K.TAKE),
    Step(_S.READY,     _S.COMPLETED, _by(_BUYER),              N_("Sudah saya terima"),        None,         _M.RELEASE, _K.TAKE),
    Step(_S.READY,     _S.CANCELLED, _by(_SELLER, _OPERATOR),  N_("Batalkan pesanan"),         None,         _M.REFUND,  _K.FREE),
    Step(_S.SHIPPED,   _S.DELIVERED, _by(_SELLER, _TIMER),     N_("Sudah sampai"),             7 * _DAY),
    Step(_S.SHIPPED,   _S.COMPLETED, _by(_BUYER),              N_("Sudah saya terima"),        None,         _M.RELEASE),
    Step(_S.SHIPPED,   _S.DISPUTED,  _by(_BUYER),              N_("Laporkan masalah")),
    Step(_S.DELIVERED, _S.COMPLETED, _by(_BUYER, _TIMER),      N_("Sudah saya terima"),        3 * _DAY,     _M.RELEASE),
    Step(_S.DELIVERED, _S.DISPUTED,  _by(_BUYER),              N_("Laporkan masalah")),
    Step(_S.DISPUTED,  _S.COMPLETED, _by(_OPERATOR),           N_("Teruskan uang ke penjual"), None,         _M.RELEASE),
    Step(_S.DISPUTED,  _S.CANCELLED, _by(_OPERATOR),           N_("Kembalikan semua uang"),    None,         _M.REFUND),
)

ORDERS_2: tuple[Step, ...] = (
    #    from          to             who may                         the button                     after           money       stock
    Step(_S.PLACED,    _S.PAID,       _by(_PAYMENT)),
    Step(_S.PLACED,    _S.EXPIRED,    _by(_TIMER, _PAYMENT),          "",                            TIME_TO_PAY,   _M.KEEP,   _K.FREE),
    Step(_S.PLACED,    _S.CANCELLED,  _by(_BUYER),                    N_("Batalkan pesanan"),        None,          _M.KEEP,   _K.FREE),
    Step(_S.PAID,      _S.ACCEPTED,   _by(_SELLER, _PAYMENT),         N_("Terima pesanan")),
    Step(_S.PAID,      _S.DECLINED,   _by(_SELLER),                   N_("Tolak pesanan"),           None,          _M.REFUND, _K.FREE,
         explains=_by(_SELLER)),
    Step(_S.PAID,      _S.CANCELLED,  _by(_BUYER, _TIMER),            N_("Batalkan pesanan"),        _DAY,          _M.REFUND, _K.FREE),
    Step(_S.ACCEPTED,  _S.READY,      _by(_SELLER),                   N_("Siap diambil"),            only=_PICKUP),
    Step(_S.ACCEPTED,  _S.SHIPPED,    _by(_SELLER),                   N_("Sudah dikirim"),           None,          _M.KEEP,   _K.TAKE,
         only=_COURIER),
    Step(_S.ACCEPTED,  _S.CANCELLED,  _by(_BUYER, _SELLER, _TIMER),   N_("Batalkan pesanan"),        14 * _DAY,     _M.REFUND, _K.FREE,
         explains=_by(_SELLER)),
    Step(_S.READY,     _S.DELIVERED,  _by(_SELLER, _TIMER),           N_("Sudah diambil"),           7 * _DAY,      _M.KEEP,   _K.TAKE),
    Step(_S.READY,     _S.COMPLETED,  _by(_BUYER),                    N_("Sudah saya terima"),       None,          _M.RELEASE, _K.TAKE),
    Step(_S.READY,     _S.CANCELLED,  _by(_SELLER, _OPERATOR),        N_("Batalkan pesanan"),        None,          _M.REFUND, _K.FREE,
         explains=_by(_SELLER, _OPERATOR)),
    Step(_S.SHIPPED,   _S.DELIVERED,  _by(_SELLER, _TIMER),           N_("Sudah sampai"),            7 * _DAY),
    Step(_S.SHIPPED,   _S.COMPLETED,  _by(_BUYER),                    N_("Sudah saya terima"),       None,          _M.RELEASE),
    Step(_S.SHIPPED,   _S.DISPUTED,   _by(_BUYER),                    N_("Laporkan masalah"),        explains=_by(_BUYER)),
    Step(_S.DELIVERED, _S.COMPLETED,  _by(_BUYER, _TIMER),            N_("Sudah saya terima"),       3 * _DAY,      _M.RELEASE),
    Step(_S.DELIVERED, _S.DISPUTED,   _by(_BUYER),                    N_("Laporkan masalah"),        explains=_by(_BUYER)),
    Step(_S.DISPUTED,  _S.COMPLETED,  _by(_BUYER, _OPERATOR),         N_("Teruskan uang ke penjual"), None,         _M.RELEASE,
         explains=_by(_OPERATOR)),
    Step(_S.DISPUTED,  _S.CANCELLED,  _by(_SELLER, _OPERATOR, _TIMER), N_("Kembalikan semua uang"),  TIME_TO_SETTLE, _M.REFUND,
         explains=_by(_OPERATOR)),
)
# fmt: on

CURRENT = "orders/2"
MACHINES: dict[str, tuple[Step, ...]] = {"orders/1": ORDERS_1, CURRENT: ORDERS_2}


def steps_from(machine: str, state: OrderState) -> list[Step]:
    """What may happen next to an order of that version in that state."""
    return [step for step in MACHINES[machine] if step.old == state]


def timer_of(machine: str, state: OrderState) -> Step | None:
    """The step that time takes by itself from `state`, if any."""
    return next((step for step in steps_from(machine, state) if step.after is not None), None)


def as_moves(machine: str) -> Moves:
    """The table as `states.Moves`."""
    return {state: frozenset(step.new for step in steps_from(machine, state)) for state in OrderState}
