"""The verbs of orders: place, move, receive the payment, let time pass."""

from marvec.orders.machine import Handover
from marvec.orders.service.freezing import follow_bank, hand_in_evidence, remind_of_evidence, tell_of_evidence
from marvec.orders.service.moving import move_order, time_out
from marvec.orders.service.paying import close_payment, receive_payment
from marvec.orders.service.placing import place_agreed, place_and_show, place_orders
from marvec.orders.service.showing import show_by_reference, show_order
from marvec.orders.wishes import Delivery, Line

__all__ = [
    "Delivery",
    "Handover",
    "Line",
    "close_payment",
    "follow_bank",
    "hand_in_evidence",
    "move_order",
    "place_agreed",
    "place_and_show",
    "place_orders",
    "receive_payment",
    "remind_of_evidence",
    "show_by_reference",
    "show_order",
    "tell_of_evidence",
    "time_out",
]
