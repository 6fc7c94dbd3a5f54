"""The verbs of offers."""

from marvec.offers.service.answering import accept, counter, decline, expire, withdraw
from marvec.offers.service.making import make_offer

__all__ = ["accept", "counter", "decline", "expire", "make_offer", "withdraw"]
