"""Reads of reviews, and their locks."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.identity import queries as identity
from common.web import paging
from marvec.orders import queries as orders
from marvec.reviews import policy
from marvec.reviews.errors import NoSuchReview
from marvec.reviews.models import Review, Side
from marvec.reviews.schemas import ReviewOut, Unreviewed

LIST = "reviews"


async def by_id(session: AsyncSession, review_id: UUID) -> Review:
    """Raises NoSuchReview."""
    return _found(await session.get(Review, review_id))


async def by_id_for_update(session: AsyncSession, review_id: UUID) -> Review:
    """Locked until the transaction ends. Raises NoSuchReview."""
    return _found(await session.get(Review, review_id, with_for_update=True, populate_existing=True))


async def of_order(session: AsyncSession, order_id: UUID) -> dict[Side, Review]:
    """By side: at most two. Whoever is going to change them has locked the order."""
    rows = await session.scalars(select(Review).where(col(Review.order_id) == order_id).execution_options(populate_existing=True))
    return {review.side: review for review in rows}


async def of_storefront(session: AsyncSession, storefront_id: UUID, limit: int, cursor: str | None = None) -> paging.Page[ReviewOut]:
    """A shop's public reviews, the last shown first."""
    columns = (col(Review.shown_at), col(Review.id))
    found = select(Review).where(
        col(Review.storefront_id) == storefront_id,
        col(Review.side) == Side.BUYER,
        col(Review.shown_at).is_not(None),
        col(Review.hidden_at).is_(None),
    )
    rows = list(await session.scalars(paging.after(found, columns, paging.keys_of(LIST, cursor), descending=True).limit(limit + 1)))
    names = await public_names(session, rows)
    return paging.page_of(
        rows, limit, LIST, lambda row: (row.shown_at, row.id), lambda row: ReviewOut.of(row, names.get(row.author_id, ""))
    )


async def written_by(session: AsyncSession, person_id: UUID) -> Sequence[Review]:
    """Everything that a person wrote, newest first: for the download of one's data."""
    return (await session.scalars(select(Review).where(col(Review.author_id) == person_id).order_by(col(Review.id).desc()))).all()


async def shown_about(session: AsyncSession, person_id: UUID) -> Sequence[Review]:
    """What was said of a person and may be read by her, newest first: for the download of one's data."""
    mine = select(Review).where(col(Review.about_id) == person_id, col(Review.shown_at).is_not(None))
    return (await session.scalars(mine.order_by(col(Review.id).desc()))).all()


async def public_names(session: AsyncSession, reviews: Collection[Review]) -> dict[UUID, str]:
    """How the authors are called in public."""
    names = await identity.names_of(session, {review.author_id for review in reviews})
    return {person_id: policy.short_name(name) for person_id, name in names.items()}


async def unreviewed_by(session: AsyncSession, person_id: UUID) -> Sequence[Unreviewed]:
    """Orders that wait for a person's review, the last completed first; bounded, for the first page."""
    finished = await orders.completed_since(session, person_id, clock.now() - policy.BLIND)
    done = select(col(Review.order_id)).where(col(Review.author_id) == person_id, col(Review.order_id).in_([one.id for one in finished]))
    written = set(await session.scalars(done)) if finished else set()
    return [
        Unreviewed(one, Side.BUYER if one.buyer_id == person_id else Side.SELLER, policy.end_of_blindness(one.completed_at))
        for one in finished
        if one.id not in written
    ]


def _found(review: Review | None) -> Review:
    if review is None:
        raise NoSuchReview
    return review
