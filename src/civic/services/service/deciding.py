"""Decisions at the desk: bound to the file as it was shown, without effect for ten seconds, until then undone with one press.

A decision is a row; its effect is the verb of the office (`reviewing`), run by a job when the time is over, or at once when its officer
goes on to the next step of the same file. Whoever decides, undoes or brings an effect about locks the application first: exactly one wins.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import catalogue, queries
from civic.services.errors import DecisionStands, DecisionWaits, FileMoved, NoSuchDecision
from civic.services.models import Application, Decision, DecisionKind, DecisionState
from civic.services.policy import check_may_review, is_as_shown
from civic.services.service import reviewing
from common import clock, outbox
from common.actor import Actor
from common.audit import service as audit
from common.errors import DomainError
from common.i18n import N_
from common.identity import queries as identity
from common.notifications import service as notifications

TIME_TO_UNDO = timedelta(seconds=10)
EFFECT = "services.decision_takes_effect"
LAPSED = N_("Keputusan Anda atas %(reference)s tidak jadi berlaku. Buka lagi permohonannya.")


async def check_shown(session: AsyncSession, actor: Actor, application_id: UUID, mark: str) -> Application:
    """Lock the file and raise FileMoved unless it still is as `mark` says it was shown (`policy.mark_of`)."""
    application = await queries.for_review(session, actor, application_id)
    if not is_as_shown(mark, application, await queries.last_decision(session, application_id)):
        raise FileMoved
    return application


async def decide(
    session: AsyncSession, actor: Actor, application_id: UUID, mark: str, kind: DecisionKind, args: dict[str, Any]
) -> Decision:
    """Record a decision upon the file as it was shown; it takes effect in ten seconds.

    One's own decision that still waits takes effect first. Raises FileMoved, DecisionWaits, and what keeps the verb from being done.
    """
    application = await check_shown(session, actor, application_id, mark)
    await settle(session, actor, application)
    await CHECKS[kind](session, application, **args)
    now = clock.now()
    decision = Decision(
        application_id=application_id, kind=kind, args=args, revision=application.revision, decided_by=actor.person_id, decided_at=now,
        effective_at=now + TIME_TO_UNDO, moved_by=actor.person_id,
    )  # fmt: skip
    session.add(decision)
    await session.flush()
    await outbox.enqueue(session, EFFECT, key=f"decision:{decision.id}", run_at=decision.effective_at, decision_id=str(decision.id))
    return decision


async def undo(session: AsyncSession, actor: Actor, decision_id: UUID) -> Decision:
    """Take one's own decision back before it takes effect; twice is once. Raises NoSuchDecision, DecisionStands."""
    decision = await _locked(session, decision_id)
    if decision is None or decision.decided_by != actor.person_id:
        raise NoSuchDecision
    if decision.state == DecisionState.UNDONE:
        return decision
    if not decision.may_move_to(DecisionState.UNDONE):
        raise DecisionStands
    decision.move_to(DecisionState.UNDONE, by=actor.person_id)
    await audit.record(
        session, actor, "application.decision_undone", subject_kind="application", subject_id=decision.application_id, kind=decision.kind
    )
    return decision


async def take_effect(session: AsyncSession, decision_id: UUID) -> None:
    """The ten seconds are over. A second run, or one after it was undone, does nothing; what can no longer be done lapses, and is told."""
    decision = await _locked(session, decision_id)
    if decision is None or decision.state != DecisionState.PENDING:
        return
    application = await queries.for_update(session, decision.application_id)
    try:
        async with session.begin_nested():
            await _bring_about(session, await identity.actor_now(session, decision.decided_by), application, decision)
    except DomainError as error:
        await session.refresh(decision)
        await session.refresh(application)
        decision.move_to(DecisionState.LAPSED, by=None, because=error.code)
        await notifications.notify(
            session, decision.decided_by, kind="desk.decision_lapsed", text=LAPSED, params={"reference": application.reference},
            link=f"/meja/{application.id}",
        )  # fmt: skip


async def settle(session: AsyncSession, actor: Actor, application: Application) -> None:
    """Who decides further no longer doubts: one's own waiting decision takes effect now. Raises DecisionWaits for another officer's."""
    waiting = await queries.pending_decision(session, application.id)
    if waiting is None:
        return
    if waiting.decided_by != actor.person_id:
        raise DecisionWaits
    await _bring_about(session, actor, application, waiting)


async def _locked(session: AsyncSession, decision_id: UUID) -> Decision | None:
    """The application first, then its decision: the order in which everybody locks."""
    application_id = await queries.application_of_decision(session, decision_id)
    if application_id is None:
        return None
    await queries.for_update(session, application_id)
    return await queries.decision_for_update(session, decision_id)


async def _bring_about(session: AsyncSession, officer: Actor, application: Application, decision: Decision) -> None:
    """Done by the officer who decided, if the file is as it was shown and the officer still may. All of it or nothing."""
    check_may_review(officer, application)
    if application.revision != decision.revision:
        raise FileMoved
    decision.revision_after = decision.revision  # until the verb is done: an effect without one is against the table's rules
    decision.move_to(DecisionState.EFFECTIVE, by=officer.person_id)
    await session.flush()
    await EFFECTS[decision.kind](session, officer, application.id, **decision.args)
    await session.flush()
    await session.refresh(application, ["revision"])  # triggers may have changed the row once more
    decision.revision_after = application.revision
    await session.flush()


async def _check_step(session: AsyncSession, application: Application, code: str, note: str) -> None:
    await reviewing.check_step(session, application, catalogue.find(application.service, application.version), code)


async def _check_correction(_session: AsyncSession, application: Application, items: list[dict[str, Any]]) -> None:
    reviewing.check_correction(application, items)


async def _check_rejection(_session: AsyncSession, application: Application, reason: str) -> None:
    reviewing.check_rejection(application, reason)


CHECKS: dict[DecisionKind, Callable[..., Awaitable[None]]] = {
    DecisionKind.STEP: _check_step,
    DecisionKind.CORRECTION: _check_correction,
    DecisionKind.REJECTION: _check_rejection,
}
EFFECTS: dict[DecisionKind, Callable[..., Awaitable[Application]]] = {
    DecisionKind.STEP: reviewing.complete_step,
    DecisionKind.CORRECTION: reviewing.ask_correction,
    DecisionKind.REJECTION: reviewing.reject,
}
