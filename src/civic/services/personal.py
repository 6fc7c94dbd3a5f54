"""What the services keep of a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import answers, queries, service
from civic.services.models import ENDED, State
from common import personal
from common.i18n import ngettext
from common.personal import Hindrance

OWN = {"reference", "service", "version", "office", "state", "fee", "created_at", "submitted_at"}
MOST = 1000


@personal.exports("permohonan")
async def applications(session: AsyncSession, person_id: UUID) -> Any:
    """With what was filled in, which is sealed at rest and written out only here, for the applicant."""
    found = await queries.of_applicant(session, person_id, None, MOST)
    return [one.model_dump(include=OWN) | {"answers": answers.unseal(one.id, one.answers)} for one in found]


@personal.hinders("civic.services")
async def under_way(session: AsyncSession, person_id: UUID) -> Sequence[Hindrance]:
    """A draft that nobody has sent is nothing that an office works on."""
    found = await queries.of_applicant(session, person_id, None, MOST)
    open_ones = sum(one.state not in ENDED | {State.DRAFT} for one in found)
    words = ngettext("%(n)s permohonan masih diproses", "%(n)s permohonan masih diproses", open_ones)
    return [Hindrance(words, "/permohonan")] if open_ones else []


@personal.forgets("civic.services")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    """Drafts; what was handed in belongs to the office's archive."""
    await service.drop_drafts(session, person_id)
