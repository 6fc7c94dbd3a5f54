"""The verbs of offers."""

from marvec.offers.service.answering import accept, counter, decline, end_all_of, expire, show_accepted, withdraw
from marvec.offers.service.making import make_offer
from marvec.offers.service.starting import Choices, Start, choices_in, start_of, starts

__all__ = [
    "Choices",
    "Start",
    "accept",
    "choices_in",
    "counter",
    "decline",
    "end_all_of",
    "expire",
    "make_offer",
    "show_accepted",
    "start_of",
    "starts",
    "withdraw",
]
