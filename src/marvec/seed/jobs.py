"""The chapters, told one after another in the background."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs, outbox
from common.settings import get_settings
from marvec.search import service as search
from marvec.seed import banks
from marvec.seed.chapters import CHAPTER, chapters
from marvec.seed.moments import History

log = structlog.get_logger(__name__)
__all__ = ["banks", "tell"]


@jobs.job(CHAPTER)
async def tell(session: AsyncSession, *, number: int, began: str) -> None:
    """Chapter `number` of the history that began at `began`, and the promise of the next one, in the same commit."""
    if get_settings().production:
        raise RuntimeError("the demonstration city is never seeded in production")
    all_of_them = chapters(History(datetime.fromisoformat(began)))
    await all_of_them[number](session)
    if number + 1 < len(all_of_them):
        await outbox.enqueue(session, CHAPTER, key=f"{CHAPTER}:{number + 1}", number=number + 1, began=began)
    else:
        await search.count_words()
        log.info("demo_city_complete", chapters=len(all_of_them))
