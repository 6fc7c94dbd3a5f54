"""Offers: two people in a conversation agree on goods, a price and a day.

Words: the *author* makes an offer, the *other side* accepts, declines or counters it; *terms* are what it says. Accepting reserves the
stock, fixes the price and opens order and payment intent in one commit. Start at `models.py`, then `service/answering.py`.
"""
