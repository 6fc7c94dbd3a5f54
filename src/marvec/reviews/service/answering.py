"""A seller's one public answer."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from common.i18n import N_
from common.notifications import service as notifications
from marvec.reviews import policy, queries
from marvec.reviews.errors import AlreadyAnswered
from marvec.reviews.models import Review
from marvec.reviews.schemas import AnswerReview

ANSWERED = N_("Penjual menjawab ulasan ta’.")


async def answer_review(session: AsyncSession, actor: Actor, review_id: UUID, data: AnswerReview) -> Review:
    """The shop answers a shown review, once, for all to read. Raises NoSuchReview (others, or not public), AlreadyAnswered."""
    review = await queries.by_id_for_update(session, review_id)
    policy.check_is_about(actor, review)
    if review.answered_at is not None:
        raise AlreadyAnswered
    review.answer, review.answered_at = data.answer, clock.now()
    await session.flush()
    await notifications.notify(session, review.author_id, kind="review.answered", text=ANSWERED, params={}, link=f"/ulasan/{review.id}")
    return review
