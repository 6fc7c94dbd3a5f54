"""Reads of the inbox."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.notifications.models import Inbox, Notification, NotificationPreference
from common.web import paging

LIST = "notifications"


async def page_of(session: AsyncSession, person_id: UUID, *, limit: int, cursor: str | None) -> tuple[Sequence[Notification], str | None]:
    """The newest first, and the cursor of what follows."""
    mine = select(Notification).where(col(Notification.person_id) == person_id)
    statement = paging.after(mine, [col(Notification.seq)], paging.keys_of(LIST, cursor), descending=True).limit(limit + 1)
    rows = (await session.scalars(statement)).all()
    return rows[:limit], paging.cursor_of(LIST, rows[limit - 1].seq) if len(rows) > limit else None


async def unread_of(session: AsyncSession, person_id: UUID) -> int:
    return await session.scalar(select(col(Inbox.unread)).where(col(Inbox.person_id) == person_id)) or 0


async def is_quiet_at_night(session: AsyncSession, person_id: UUID) -> bool:
    return bool(await session.scalar(select(col(Inbox.quiet_at_night)).where(col(Inbox.person_id) == person_id)))


async def wanted_groups(session: AsyncSession, person_id: UUID, channel: str) -> set[str]:
    wanted = (col(NotificationPreference.person_id) == person_id, col(NotificationPreference.channel) == channel)
    statement = select(col(NotificationPreference.kind_group)).where(*wanted, col(NotificationPreference.wanted))
    return set(await session.scalars(statement))
