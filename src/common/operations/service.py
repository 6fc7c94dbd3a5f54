"""What an operator may do with work: give it its tries back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs
from common.actor import Actor
from common.audit import service as audit
from common.operations import queries
from common.operations.errors import NotDead


async def revive(session: AsyncSession, actor: Actor, row_id: UUID) -> None:
    """A dead job is due again, with all its tries. Raises NotDead: somebody was faster, or it never died."""
    row = await queries.dead_for_update(session, row_id)
    if row is None:
        raise NotDead
    await jobs.revive(session, row_id)
    await audit.record(session, actor, "job.revived", subject_kind="job", subject_id=row_id, job=row.job)
