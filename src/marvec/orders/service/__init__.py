"""The verbs of orders: place, move, receive the payment, give money back, settle a dispute, let time pass."""

from marvec.orders.machine import Handover
from marvec.orders.service.disputing import agree, ask_operator, check_decision, decide, end_of_answering, open_dispute, say
from marvec.orders.service.freezing import follow_bank, hand_in_evidence, remind_of_evidence, tell_of_evidence
from marvec.orders.service.moving import move_order, time_out
from marvec.orders.service.paying import close_payment, receive_late, receive_payment
from marvec.orders.service.placing import place_agreed, place_and_show, place_orders
from marvec.orders.service.settling import refund_part
from marvec.orders.service.showing import show_by_reference, show_order
from marvec.orders.wishes import Delivery, Line

__all__ = [
    "Delivery",
    "Handover",
    "Line",
    "agree",
    "ask_operator",
    "check_decision",
    "close_payment",
    "decide",
    "end_of_answering",
    "follow_bank",
    "hand_in_evidence",
    "move_order",
    "open_dispute",
    "place_agreed",
    "place_and_show",
    "place_orders",
    "receive_late",
    "receive_payment",
    "refund_part",
    "remind_of_evidence",
    "say",
    "show_by_reference",
    "show_order",
    "tell_of_evidence",
    "time_out",
]
