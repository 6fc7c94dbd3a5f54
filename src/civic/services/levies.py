"""JSON of levies and of corrections: what is proposed, set, confirmed by a second officer; what a citizen changed when asked to."""

from uuid import UUID

from litestar import get, post, put
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import catalogue, queries, review, service
from civic.services.errors import LevyNotHere, NoSuchApplication
from civic.services.models import Application
from civic.services.policy import is_officer
from civic.services.review import LevyContext
from civic.services.schemas import DecideLevy, SetLevy
from common import guards
from common.actor import Actor, Role
from common.web.paging import Page

READER = [guards.signed_in, guards.scope("applications")]
OFFICER = [guards.role(Role.OFFICER), guards.scope("desk")]


class LevySetOut(BaseModel):
    """One levy that was set; `exemption`: who is exempt by which law, "" when it is to be paid."""

    id: UUID
    amount: int
    exemption: str
    reason: str
    deviates: bool


class ExemptionOut(BaseModel):
    code: str
    name: str


class LevyOut(BaseModel):
    """A levy: what the rule proposes and how that was computed, what was set (`fee` is due), what waits for a second officer."""

    state: str
    fee: int | None
    proposed: int
    proposed_exemption: str
    computation: list[dict[str, str]]
    holding: LevySetOut | None
    waiting: LevySetOut | None
    exemptions: list[ExemptionOut]

    @classmethod
    def of(cls, application: Application, levy: LevyContext) -> "LevyOut":
        set_ones = [LevySetOut.model_validate(one, from_attributes=True) if one else None for one in (levy.holding, levy.waiting)]
        return cls(
            state=application.state,
            fee=application.fee,
            proposed=levy.proposed,
            proposed_exemption=levy.proposed_exemption,
            computation=[{"label": label, "value": value} for label, value in levy.rows],
            holding=set_ones[0],
            waiting=set_ones[1],
            exemptions=[ExemptionOut(code=code, name=name) for code, name in levy.exemptions],
        )


class ChangeOut(BaseModel):
    """What a correction opened: `before` and `after` are answers in words (NIK and KK masked), or ids of files."""

    name: str
    label: str
    message: str
    before: str
    after: str
    changed: bool
    is_document: bool


@get("/applications/{application_id:uuid}/levy", guards=READER)
async def show_levy(session: AsyncSession, actor: Actor, application_id: UUID) -> LevyOut:
    """For the applicant: what is due, and how it was computed."""
    return await _shown(session, actor, await queries.visible(session, actor, application_id))


@get("/desk/applications/{application_id:uuid}/levy", guards=OFFICER)
async def show_levy_at_desk(session: AsyncSession, actor: Actor, application_id: UUID) -> LevyOut:
    """For the office: the proposal, what was set, what waits for a second officer, who may be exempt."""
    return await _shown(session, actor, await _of_office(session, actor, application_id))


@put("/desk/applications/{application_id:uuid}/levy", guards=OFFICER)
async def set_levy(session: AsyncSession, actor: Actor, application_id: UUID, data: SetLevy) -> LevyOut:
    """Set the levy, or correct it until it is paid. What deviates from the proposal holds when a second officer has confirmed it."""
    application = await service.set_levy(session, actor, application_id, data.amount, reason=data.reason, exemption=data.exemption)
    return await _shown(session, actor, application)


@post("/desk/applications/{application_id:uuid}/levy/decision", guards=OFFICER, status_code=200)
async def decide_levy(session: AsyncSession, actor: Actor, application_id: UUID, data: DecideLevy) -> LevyOut:
    """The second officer's word."""
    application = await service.decide_levy(session, actor, application_id, data.levy_id, confirms=data.confirms, reason=data.reason)
    return await _shown(session, actor, application)


@get("/desk/applications/{application_id:uuid}/changes", guards=OFFICER)
async def list_changes(session: AsyncSession, actor: Actor, application_id: UUID) -> Page[ChangeOut]:
    """What the last correction opened, before and after; the changed ones first."""
    application = await _of_office(session, actor, application_id)
    current = catalogue.of_case(application.service, application.version, application.office)
    found = await review.changes(session, application, current, masked=True)
    return Page(items=[ChangeOut.model_validate(one, from_attributes=True) for one in found])


async def _of_office(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    application = await queries.visible(session, actor, application_id)
    if not is_officer(actor, application):
        raise NoSuchApplication
    return application


async def _shown(session: AsyncSession, actor: Actor, application: Application) -> LevyOut:
    current = catalogue.of_case(application.service, application.version, application.office)
    levy = await review.levy_context(session, actor, application, current)
    if levy is None:
        raise LevyNotHere
    return LevyOut.of(application, levy)


HANDLERS = [show_levy, show_levy_at_desk, set_levy, decide_levy, list_changes]
