"""Reviews as JSON."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.web.paging import Cursor, Limit, Page, linked
from marvec.reviews import queries, service
from marvec.reviews.models import Review
from marvec.reviews.schemas import AnswerReview, HideReview, MyReviewOut, RatingOut, ReviewOut, WriteReview
from marvec.storefronts import policy as shop_policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NoSuchStorefront

READS, WRITES = guards.scope("orders:read"), guards.scope("orders:write")
MODERATES = [guards.role(Role.OPERATOR), guards.scope("moderation:write")]


@get("/storefronts/{storefront_id:uuid}/reviews", guards=[guards.public, guards.scope("storefronts:read")])
async def list_reviews(
    request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, storefront_id: UUID, *, limit: Limit = 24,
    cursor: Cursor = None,
) -> Response[Page[ReviewOut]]:  # fmt: skip
    """A shop's public reviews, the last shown first."""
    await _check_shown(session, visitor, storefront_id)
    return linked(request, await queries.of_storefront(session, storefront_id, limit, cursor))


@get("/storefronts/{storefront_id:uuid}/rating", guards=[guards.public, guards.scope("storefronts:read")])
async def show_rating(session: AsyncSession, visitor: Actor | None, storefront_id: UUID) -> RatingOut:
    await _check_shown(session, visitor, storefront_id)
    found = await storefronts.rating_of(session, storefront_id)
    return RatingOut(reviews=found.reviews, average=found.average)


@get("/orders/{order_id:uuid}/reviews", guards=[guards.signed_in, READS])
async def show_of_order(session: AsyncSession, actor: Actor, order_id: UUID) -> list[MyReviewOut]:
    """The caller's own, and the other's once it is shown."""
    found = await service.of_order(session, actor, order_id)
    return [MyReviewOut.of(review) for review in (found.mine, found.theirs) if review] if found else []


@post("/orders/{order_id:uuid}/reviews", guards=[guards.signed_in, WRITES])
async def write_review(session: AsyncSession, actor: Actor, order_id: UUID, data: WriteReview) -> MyReviewOut:
    return MyReviewOut.of(await service.write_review(session, actor, order_id, data))


@post("/reviews/{review_id:uuid}/answer", guards=[guards.signed_in, guards.scope("storefronts:write")])
async def answer_review(session: AsyncSession, actor: Actor, review_id: UUID, data: AnswerReview) -> ReviewOut:
    return await _public(session, await service.answer_review(session, actor, review_id, data))


@post("/reviews/{review_id:uuid}/hide", guards=MODERATES, status_code=200)
async def hide_review(session: AsyncSession, actor: Actor, review_id: UUID, data: HideReview) -> MyReviewOut:
    return MyReviewOut.of(await service.hide_review(session, actor, review_id, data))


@post("/reviews/{review_id:uuid}/unhide", guards=MODERATES, status_code=200)
async def unhide_review(session: AsyncSession, actor: Actor, review_id: UUID, data: HideReview) -> MyReviewOut:
    return MyReviewOut.of(await service.unhide_review(session, actor, review_id, data))


async def _check_shown(session: AsyncSession, visitor: Actor | None, storefront_id: UUID) -> None:
    if not shop_policy.may_see(visitor, await storefronts.by_id(session, storefront_id)):
        raise NoSuchStorefront


async def _public(session: AsyncSession, review: Review) -> ReviewOut:
    return ReviewOut.of(review, (await queries.public_names(session, [review])).get(review.author_id, ""))


router = Router(
    "/api/v1",
    route_handlers=[list_reviews, show_rating, show_of_order, write_review, answer_review, hide_review, unhide_review],
    tags=["reviews"],
)
