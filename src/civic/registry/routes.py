"""JSON of the register, for officers: births that look like the one of an application, and the decision on them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from civic.registry import service
from civic.registry.likeness import REASONS
from civic.registry.service import Likeness
from civic.registry.views import office_file
from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.web.paging import Page

OFFICER = [guards.role(Role.OFFICER), guards.scope("desk")]


class LikenessOut(BaseModel):
    """An entry that may be the same child: its number, why, and what was decided. What it says is read on the page, on record."""

    birth_id: UUID
    number: str
    registered_at: datetime
    why: str
    reason: str
    stops: bool
    decided: str | None

    @classmethod
    def of(cls, one: Likeness) -> "LikenessOut":
        decided = None if one.decided is None else "same" if one.decided.same else "other"
        return cls(
            birth_id=one.entry.id, number=one.entry.number, registered_at=one.entry.registered_at, why=one.why, reason=_(REASONS[one.why]),
            stops=one.stops, decided=decided,
        )  # fmt: skip


class Decide(BaseModel):
    """`same`: it is the same child, and the application is rejected for this reason; else the child may be registered."""

    same: bool
    reason: Annotated[str, Field(min_length=3, max_length=500)]


@get("/desk/applications/{application_id:uuid}/likenesses", guards=OFFICER)
async def list_likenesses(session: AsyncSession, actor: Actor, application_id: UUID) -> Page[LikenessOut]:
    """Entries that may be the same child, the surest first. One that `stops` is decided on before anything is issued."""
    application, answers = await office_file(session, actor, application_id)
    return Page(items=[LikenessOut.of(one) for one in await service.alike(session, application.id, answers)])


@post("/desk/applications/{application_id:uuid}/likenesses/{birth_id:uuid}/decision", guards=OFFICER, status_code=200)
async def decide(session: AsyncSession, actor: Actor, application_id: UUID, birth_id: UUID, data: Decide) -> LikenessOut:
    """The officer's word on two entries, on record."""
    application, answers = await office_file(session, actor, application_id)
    await service.decide(session, actor, application_id, birth_id, same=data.same, reason=data.reason)
    return LikenessOut.of(await service.one_alike(session, application, answers, birth_id))


router = Router(path="/api/v1", tags=["services"], route_handlers=[list_likenesses, decide])
