"""The office's moves: take up, ask for a correction, do the steps, reject."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import service as promises
from civic.services import catalogue, queries
from civic.services.catalogue import Service
from civic.services.errors import DecisionWaits, LevyMissing, LevyWaits, NothingAsked, StepNotNext
from civic.services.models import Application, State, StepDone
from civic.services.service import correcting, issuing
from civic.services.service.filling import free_slot
from civic.services.service.telling import tell_move
from common.actor import Actor
from common.audit import service as audit
from common.errors import ReasonMissing
from common.states import NotFromHere

SHORTEST_REASON = 3


async def take_up(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    """An officer opens a waiting file and becomes its reviewer. Taking up what one already reviews is no error."""
    application = await _for_review(session, actor, application_id)
    if application.state == State.IN_REVIEW and application.officer_id == actor.person_id:
        return application
    if application.state == State.SUBMITTED:
        application.move_to(State.IN_REVIEW, by=actor.person_id)
        application.officer_id = actor.person_id
        await tell_move(session, application)
    elif application.state == State.IN_REVIEW:
        application.officer_id = actor.person_id  # a colleague takes over
        await session.flush()
    else:
        raise NotFromHere(application.state, State.IN_REVIEW)
    await audit.record(session, actor, "application.taken_up", subject_kind="application", subject_id=application.id)
    return application


async def ask_correction(session: AsyncSession, actor: Actor, application_id: UUID, items: list[dict[str, Any]]) -> Application:
    """Give the citizen the next move, with what to mend: [{target, message}]. The clock stops."""
    application = await _for_review(session, actor, application_id)
    service = catalogue.find(application.service, application.version)
    asked = check_correction(application, items)
    application.move_to(State.CORRECTION, by=actor.person_id, because="; ".join(item["message"] for item in asked)[:500])
    session.add(await correcting.opening(session, actor, application, service, asked))
    await promises.pause(session, application.id)
    await audit.record(
        session, actor, "application.correction_asked", subject_kind="application", subject_id=application.id, items=len(asked)
    )
    await tell_move(session, application)
    return application


async def complete_step(session: AsyncSession, actor: Actor, application_id: UUID, code: str, note: str = "") -> Application:
    """Do the next step; the last approves, and issues unless a fee is due. Of two officers, the second is refused."""
    application = await _for_review(session, actor, application_id)
    service = catalogue.find(application.service, application.version)
    is_last = await check_step(session, application, service, code)
    done = service.steps[application.steps_done]
    application.steps_done += 1
    await session.flush()
    row = StepDone(application_id=application.id, number=application.steps_done, code=code, done_by=actor.person_id, note=note)
    row.looks_at = list(done.looks_at) or None
    session.add(row)
    await session.flush()
    await audit.record(session, actor, "application.step_done", subject_kind="application", subject_id=application.id, step=code)
    if is_last:
        await issuing.approve(session, actor, application, service)
    else:
        await tell_move(session, application)
    return application


async def reject(session: AsyncSession, actor: Actor, application_id: UUID, reason: str) -> Application:
    """Refuse for a stated reason; the citizen may apply anew."""
    application = await _for_review(session, actor, application_id)
    check_rejection(application, reason)
    application.move_to(State.REJECTED, by=actor.person_id, because=reason.strip())
    await free_slot(session, application.id)
    await promises.end(session, application.id, done=True)
    await audit.record(session, actor, "application.rejected", subject_kind="application", subject_id=application.id)
    await tell_move(session, application)
    return application


async def check_step(session: AsyncSession, application: Application, service: Service, code: str) -> bool:
    """Whether it is the last one. Raises StepNotNext, LevyWaits, LevyMissing."""
    if application.state != State.IN_REVIEW or _next_code(application, service) != code:
        raise StepNotNext
    is_last = application.steps_done == len(service.steps) - 1
    if is_last:
        await _check_levy(session, application)
    return is_last


def check_correction(application: Application, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is asked, tidied. Raises NothingAsked, NotFromHere."""
    service = catalogue.find(application.service, application.version)
    asked = [{"target": item["target"], "message": item["message"].strip()} for item in items if item["message"].strip()]
    if not asked or any(item["target"] not in service.names for item in asked):
        raise NothingAsked
    if not application.may_move_to(State.CORRECTION):
        raise NotFromHere(application.state, State.CORRECTION)
    return asked


def check_rejection(application: Application, reason: str) -> None:
    """Raises ReasonMissing, NotFromHere."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    if not application.may_move_to(State.REJECTED):
        raise NotFromHere(application.state, State.REJECTED)


async def _check_levy(session: AsyncSession, application: Application) -> None:
    """Before the last step: what is due is known, and nobody has still to confirm it."""
    if application.levied and await queries.waiting_levy(session, application.id) is not None:
        raise LevyWaits
    if application.fee is None:
        raise LevyMissing


def _next_code(application: Application, service: Service) -> str | None:
    return service.steps[application.steps_done].code if application.steps_done < len(service.steps) else None


async def _for_review(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    """Locked, and free: while a decision of the desk waits for its effect, nobody decides anything else."""
    application = await queries.for_review(session, actor, application_id)
    if await queries.pending_decision(session, application_id) is not None:
        raise DecisionWaits
    return application
