"""The verbs of reviews: write, show (when both have written, or by time), answer, hide and bring back."""

from marvec.reviews.service.answering import answer_review
from marvec.reviews.service.moderating import hide_review, unhide_review
from marvec.reviews.service.writing import of_order, show_by_time, write_review

__all__ = ["answer_review", "hide_review", "of_order", "show_by_time", "unhide_review", "write_review"]
