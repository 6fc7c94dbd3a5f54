"""The verbs of matching: ask (requests, saved searches, criteria), find (both ways), answer (a conversation, an offer's news)."""

from marvec.matching.service.answering import hear_offer, open_conversation
from marvec.matching.service.asking import close_request, drop, end_all_of, expire_request, post_request, save_search, state_criteria
from marvec.matching.service.comparing import compare
from marvec.matching.service.finding import find_for_listing, find_for_request, find_for_search, told_of

__all__ = [
    "close_request",
    "compare",
    "drop",
    "end_all_of",
    "expire_request",
    "find_for_listing",
    "find_for_request",
    "find_for_search",
    "hear_offer",
    "open_conversation",
    "post_request",
    "save_search",
    "state_criteria",
    "told_of",
]
