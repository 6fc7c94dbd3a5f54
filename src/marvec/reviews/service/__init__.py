"""The verbs of reviews: invite, write, show (when both have written, or by time), answer, hide and bring back."""

from marvec.reviews.service.answering import answer_review
from marvec.reviews.service.inviting import invite, invite_later
from marvec.reviews.service.moderating import hide_review, unhide_review
from marvec.reviews.service.writing import of_order, show_by_time, write_review

__all__ = [
    "answer_review", "hide_review", "invite", "invite_later", "of_order", "show_by_time", "unhide_review", "write_review",
]  # fmt: skip
