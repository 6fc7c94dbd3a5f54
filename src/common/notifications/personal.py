"""What the inbox keeps of a person."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import personal
from common.notifications import queries
from common.notifications.models import Inbox, Notification, NotificationPreference
from common.notifications.schemas import NotificationOut

MOST = 5000  # the newest


@personal.exports("pemberitahuan")
async def told(session: AsyncSession, person_id: UUID) -> Any:
    rows, _following = await queries.page_of(session, person_id, limit=MOST, cursor=None)
    return [NotificationOut.of(row).model_dump(exclude={"id", "seq"}) for row in rows]


@personal.forgets("common.notifications")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    for kind in (Notification, NotificationPreference, Inbox):
        await session.execute(delete(kind).where(col(kind.person_id) == person_id))
