"""The verbs of offers."""

from marvec.offers.service.answering import accept, counter, decline, expire, show_accepted, withdraw
from marvec.offers.service.making import make_offer

__all__ = ["accept", "counter", "decline", "expire", "make_offer", "show_accepted", "withdraw"]
