"""An operator hides a review that breaks the rules, and brings it back. The rating follows in the same commit; the trail keeps both."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from common.audit import service as audit
from marvec.reviews import policy, queries
from marvec.reviews.errors import NotHidden
from marvec.reviews.models import Review
from marvec.reviews.schemas import HideReview


async def hide_review(session: AsyncSession, actor: Actor, review_id: UUID, data: HideReview) -> Review:
    """Raises Forbidden, NoSuchReview, NotHidden (it is hidden already)."""
    review = await _moderated(session, actor, review_id)
    if review.hidden_at is not None:
        raise NotHidden
    review.hidden_at, review.hidden_by, review.hidden_because = clock.now(), actor.person_id, data.because
    return await _recorded(session, actor, review, "review.hidden", data.because)


async def unhide_review(session: AsyncSession, actor: Actor, review_id: UUID, data: HideReview) -> Review:
    """Raises Forbidden, NoSuchReview, NotHidden (it is not hidden)."""
    review = await _moderated(session, actor, review_id)
    if review.hidden_at is None:
        raise NotHidden
    review.hidden_at, review.hidden_by, review.hidden_because = None, None, ""
    return await _recorded(session, actor, review, "review.unhidden", data.because)


async def _moderated(session: AsyncSession, actor: Actor, review_id: UUID) -> Review:
    review = await queries.by_id_for_update(session, review_id)
    policy.check_may_moderate(actor, review)
    return review


async def _recorded(session: AsyncSession, actor: Actor, review: Review, action: str, because: str) -> Review:
    await session.flush()
    await audit.record(session, actor, action, subject_kind="review", subject_id=review.id, because=because)
    return review
