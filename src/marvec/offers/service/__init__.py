"""The verbs of offers."""

from marvec.offers.service.answering import accept, counter, decline, end_all_of, expire, show_accepted, withdraw
from marvec.offers.service.making import make_offer

__all__ = ["accept", "counter", "decline", "end_all_of", "expire", "make_offer", "show_accepted", "withdraw"]
