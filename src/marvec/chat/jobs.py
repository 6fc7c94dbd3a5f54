"""What the talk leaves to the worker."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.jobs import job
from marvec.chat import service
from marvec.chat.service.writing import TELL


@job(TELL)
async def tell_absent(session: AsyncSession, *, conversation_id: str, person_id: str) -> None:
    await service.tell_absent(session, UUID(conversation_id), UUID(person_id))
