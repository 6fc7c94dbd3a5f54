"""What comes in and what goes out about reviews."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from marvec.reviews.models import Side

if TYPE_CHECKING:
    from marvec.orders.schemas import Finished
    from marvec.reviews.models import Review

MOST_WORDS = 1000
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_WORDS)]


class WriteReview(BaseModel):
    stars: int = Field(ge=1, le=5)
    words: Words = ""


class AnswerReview(BaseModel):
    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=MOST_WORDS)]


class HideReview(BaseModel):
    """`because` is kept in the audit trail."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


class ReviewOut(BaseModel):
    """A review that anybody may read. `author` is shortened; `answer` is the seller's, empty without one."""

    id: UUID
    storefront_id: UUID
    author: str
    stars: int
    words: str
    shown_at: datetime
    answer: str
    answered_at: datetime | None

    @classmethod
    def of(cls, review: "Review", author: str) -> "ReviewOut":
        return cls(**review.model_dump(include=set(cls.model_fields) - {"author"}), author=author)


class MyReviewOut(BaseModel):
    """A review of an order, for one of its two. Blind while `shown_at` is null."""

    id: UUID
    order_id: UUID
    side: Side
    stars: int
    words: str
    written_at: datetime
    shown_at: datetime | None
    answer: str
    is_hidden: bool

    @classmethod
    def of(cls, review: "Review") -> "MyReviewOut":
        own = review.model_dump(include=set(cls.model_fields) - {"is_hidden"})
        return cls(**own, is_hidden=review.hidden_at is not None)


class RatingOut(BaseModel):
    """`average` to one decimal, null without reviews."""

    reviews: int
    average: float | None


class OfOrder(NamedTuple):
    """What one of the two sees of an order's reviews. `until`: how long may be written; `may_write`: whether this one still may."""

    mine: "Review | None"
    theirs: "Review | None"
    side: Side
    may_write: bool
    until: datetime


class Unreviewed(NamedTuple):
    """A completed order that waits for a person's review until `until`."""

    order: "Finished"
    side: Side
    until: datetime
