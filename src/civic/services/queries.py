"""Reads of applications, documents and slots; every lock."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.services import catalogue
from civic.services.errors import NoSuchApplication
from civic.services.models import (
    APPLICANTS_MOVE,
    AT_THE_OFFICE,
    Application,
    ApplicationDocument,
    Booking,
    Correction,
    Decision,
    DecisionState,
    Levy,
    Slot,
    State,
    StepDone,
    StepReopened,
)
from civic.services.policy import check_may_review, check_may_see, may_see
from common import clock
from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.states import StateHistory
from common.web import paging


async def visible(session: AsyncSession, actor: Actor, application_id: UUID, purpose: Purpose = Purpose.REVIEW) -> Application:
    """The application, if the person may see it; on record, unless it is the person's own."""
    found = await session.get(Application, application_id)
    if found is None:
        raise NoSuchApplication
    check_may_see(actor, found)
    await _put_on_record(session, actor, found, purpose)
    return found


async def is_visible(session: AsyncSession, actor: Actor, application_id: UUID) -> bool:
    """Whether the person may see the application. Nothing of it is read."""
    found = await session.get(Application, application_id)
    return found is not None and may_see(actor, found)


async def for_review(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    """The application, locked for the verb of an officer who may decide upon it; on record."""
    found = await for_update(session, application_id)
    check_may_review(actor, found)
    await _put_on_record(session, actor, found, Purpose.DECIDE)
    return found


async def _put_on_record(session: AsyncSession, reader: Actor, application: Application, purpose: Purpose) -> None:
    await reading.record(
        session, reader, owner_id=application.applicant_id, subject_kind="application", subject_id=application.id, purpose=purpose,
        label=application.reference, because=_task_of(application), role=Role.OFFICER, office=application.office,
    )  # fmt: skip


def _task_of(application: Application) -> str:
    """The office's step whose turn it is, in the city's language; empty when none is left or the definition is gone."""
    steps = catalogue.of_case(application.service, application.version, application.office).steps
    return steps[application.steps_done].label.id if application.steps_done < len(steps) else ""


async def for_update(session: AsyncSession, application_id: UUID) -> Application:
    """Locked, for the engine's own verbs: nobody is shown it. What an officer decides upon comes through `for_review`."""
    found = await session.get(Application, application_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchApplication
    return found


async def of_applicant(session: AsyncSession, person_id: UUID, cursor: str | None, limit: int) -> Sequence[Application]:
    """The person's own, newest first; `limit + 1` rows."""
    mine = select(Application).where(col(Application.applicant_id) == person_id)
    keys = paging.keys_of("applications", cursor)
    return (await session.scalars(paging.after(mine, [col(Application.id)], keys, descending=True).limit(limit + 1))).all()


async def drafts_for_update(session: AsyncSession, person_id: UUID) -> Sequence[Application]:
    """What a person has begun and never handed in, locked in the order of ids."""
    mine = select(Application).where(col(Application.applicant_id) == person_id, col(Application.state) == State.DRAFT)
    return (await session.scalars(mine.order_by(col(Application.id)).with_for_update().execution_options(populate_existing=True))).all()


async def waiting_for_applicant(session: AsyncSession, person_id: UUID, limit: int = 3) -> Sequence[Application]:
    """The newest of the person's cases whose next move is the person's."""
    mine = select(Application).where(col(Application.applicant_id) == person_id, col(Application.state).in_(APPLICANTS_MOVE))
    return (await session.scalars(mine.order_by(col(Application.id).desc()).limit(limit))).all()


async def by_ids(session: AsyncSession, application_ids: Collection[UUID]) -> dict[UUID, Application]:
    """For lists that show reference, service and state, nothing of a person."""
    rows = await session.scalars(select(Application).where(col(Application.id).in_(application_ids)))
    return {row.id: row for row in rows}


async def desk(
    session: AsyncSession, offices: Collection[str], states: Collection[State], cursor: str | None, limit: int, service: str = ""
) -> Sequence[Application]:
    """The files of these offices in these states (of one service, if one is named), the longest waiting first; `limit + 1` rows."""
    files = select(Application).where(col(Application.office).in_(offices), col(Application.state).in_(states))
    if service:
        files = files.where(col(Application.service) == service)
    keys = paging.keys_of("desk", cursor)
    order = [col(Application.submitted_at), col(Application.id)]
    return (await session.scalars(paging.after(files, order, keys).limit(limit + 1))).all()


async def desk_counts(session: AsyncSession, offices: Collection[str]) -> dict[State, int]:
    counted = select(col(Application.state), func.count()).where(col(Application.office).in_(offices)).group_by(col(Application.state))
    rows = await session.execute(counted)
    return {state: number for state, number in rows.all() if state != State.DRAFT}


async def waits_longest(session: AsyncSession, offices: Collection[str]) -> UUID | None:
    """The first file on the desk."""
    rows = await desk(session, offices, AT_THE_OFFICE, None, 1)
    return rows[0].id if rows else None


async def next_on_desk(session: AsyncSession, offices: Collection[str], after: Application) -> UUID | None:
    """The file that waits longest after this one, from the top again behind the last: for the officer's next key."""
    waiting = select(col(Application.id)).where(col(Application.office).in_(offices), col(Application.state).in_(AT_THE_OFFICE))
    order = (col(Application.submitted_at), col(Application.id))
    others = waiting.where(col(Application.id) != after.id).order_by(*order).limit(1)
    if after.submitted_at is not None:
        behind: UUID | None = await session.scalar(others.where(tuple_(*order) > (after.submitted_at, after.id)))
        if behind is not None:
            return behind
    found: UUID | None = await session.scalar(others)
    return found


async def documents(session: AsyncSession, application_id: UUID) -> dict[str, ApplicationDocument]:
    rows = await session.scalars(select(ApplicationDocument).where(col(ApplicationDocument.application_id) == application_id))
    return {row.name: row for row in rows}


async def open_correction(session: AsyncSession, application_id: UUID) -> Correction | None:
    asked = select(Correction).where(col(Correction.application_id) == application_id, col(Correction.answered_at).is_(None))
    found: Correction | None = await session.scalar(asked)
    return found


async def last_decision(session: AsyncSession, application_id: UUID) -> Decision | None:
    """The newest decision of the desk upon a file, whatever became of it."""
    made = select(Decision).where(col(Decision.application_id) == application_id).order_by(col(Decision.id).desc()).limit(1)
    found: Decision | None = await session.scalar(made.execution_options(populate_existing=True))
    return found


async def pending_decision(session: AsyncSession, application_id: UUID) -> Decision | None:
    """The one that waits for its effect; to be read under the application's lock by who acts on it."""
    waits = select(Decision).where(col(Decision.application_id) == application_id, col(Decision.state) == DecisionState.PENDING)
    found: Decision | None = await session.scalar(waits.execution_options(populate_existing=True))
    return found


async def application_of_decision(session: AsyncSession, decision_id: UUID) -> UUID | None:
    found: UUID | None = await session.scalar(select(col(Decision.application_id)).where(col(Decision.id) == decision_id))
    return found


async def decision_for_update(session: AsyncSession, decision_id: UUID) -> Decision | None:
    return await session.get(Decision, decision_id, with_for_update=True, populate_existing=True)


async def last_correction(session: AsyncSession, application_id: UUID) -> Correction | None:
    """The newest correction that was answered."""
    answered = select(Correction).where(col(Correction.application_id) == application_id, col(Correction.answered_at).is_not(None))
    found: Correction | None = await session.scalar(answered.order_by(col(Correction.asked_at).desc()).limit(1))
    return found


async def levy_of(session: AsyncSession, application_id: UUID) -> Levy | None:
    """The levy that holds."""
    return next((one for one in await _levies(session, application_id) if one.holds), None)


async def waiting_levy(session: AsyncSession, application_id: UUID) -> Levy | None:
    """The levy that waits for its second officer."""
    return next((one for one in await _levies(session, application_id) if not one.holds), None)


async def _levies(session: AsyncSession, application_id: UUID) -> Sequence[Levy]:
    """At most two: one that holds, one that waits."""
    live = select(Levy).where(col(Levy.application_id) == application_id, col(Levy.ended_at).is_(None))
    return (await session.scalars(live)).all()


async def fees_to_pursue(session: AsyncSession, now: datetime, limit: int = 100) -> Sequence[Application]:
    """Files that wait for money and of whose next word the moment has come; what somebody works on is left for the next time."""
    due = select(Application).where(col(Application.state) == State.AWAITING_PAYMENT, col(Application.fee_notice_at) <= now)
    due = due.order_by(col(Application.fee_notice_at)).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(due.execution_options(populate_existing=True))).all()


async def reopened(session: AsyncSession, application_id: UUID) -> Sequence[StepReopened]:
    again = select(StepReopened).where(col(StepReopened.application_id) == application_id)
    return (await session.scalars(again.order_by(col(StepReopened.reopened_at)))).all()


async def steps(session: AsyncSession, application_id: UUID) -> Sequence[StepDone]:
    done = select(StepDone).where(col(StepDone.application_id) == application_id).order_by(col(StepDone.number))
    return (await session.scalars(done)).all()


async def history(session: AsyncSession, subject_id: UUID) -> Sequence[StateHistory]:
    moves = select(StateHistory).where(col(StateHistory.subject_id) == subject_id).order_by(col(StateHistory.seq))
    return (await session.scalars(moves)).all()


async def holder_of_file(session: AsyncSession, file_id: UUID, offices: Collection[str]) -> bool:
    """Whether a file belongs to a handed-in application of one of these offices, or did before a correction."""
    handed_in = (col(Application.office).in_(offices), col(Application.state) != State.DRAFT)
    held = (col(ApplicationDocument.file_id) == file_id, col(ApplicationDocument.application_id) == col(Application.id))
    before = (col(Correction.before).contains({"files": [str(file_id)]}), col(Correction.application_id) == col(Application.id))
    found = select(or_(exists().where(*held, *handed_in), exists().where(*before, *handed_in)))
    return bool(await session.scalar(found))


async def is_remembered(session: AsyncSession, application_id: UUID, file_id: UUID) -> bool:
    """Whether a correction holds this file as what was handed in before it."""
    before = select(
        exists().where(col(Correction.before).contains({"files": [str(file_id)]}), col(Correction.application_id) == application_id)
    )
    return bool(await session.scalar(before))


async def place_of_file(session: AsyncSession, file_id: UUID) -> tuple[str, str]:
    """What a document's owner knows it by, and the office that it was handed in to; empty for one that stands for nothing any more."""
    columns = (col(Application.reference), col(ApplicationDocument.name), col(Application.office))
    joined = select(*columns).join(ApplicationDocument, col(ApplicationDocument.application_id) == col(Application.id))
    row = (await session.execute(joined.where(col(ApplicationDocument.file_id) == file_id))).first()
    return (f"{row[0]} {row[1]}", row[2]) if row else ("", "")


async def booking(session: AsyncSession, application_id: UUID) -> tuple[Booking, Slot] | None:
    joined = select(Booking, Slot).join(Slot, col(Slot.id) == col(Booking.slot_id)).where(col(Booking.application_id) == application_id)
    row = (await session.execute(joined)).first()
    return (row[0], row[1]) if row else None


async def free_slots(session: AsyncSession, service: str, limit: int = 100) -> Sequence[Slot]:
    """Slots that still have room, from now on."""
    free = select(Slot).where(col(Slot.service) == service, col(Slot.starts_at) > clock.now(), col(Slot.booked) < col(Slot.capacity))
    return (await session.scalars(free.order_by(col(Slot.starts_at), col(Slot.office)).limit(limit))).all()


async def slot(session: AsyncSession, slot_id: UUID, service: str) -> Slot | None:
    found = await session.get(Slot, slot_id, populate_existing=True)
    return found if found is not None and found.service == service else None


async def take_place(session: AsyncSession, slot_id: UUID, service: str) -> bool:
    """One place of a slot, if there is one: a guarded UPDATE; the CHECK is the last word."""
    guarded = update(Slot).where(
        col(Slot.id) == slot_id, col(Slot.service) == service, col(Slot.booked) < col(Slot.capacity), col(Slot.starts_at) > clock.now()
    )
    result: Any = await session.execute(guarded.values(booked=col(Slot.booked) + 1).execution_options(synchronize_session=False))
    return bool(result.rowcount == 1)


async def give_place_back(session: AsyncSession, slot_id: UUID) -> None:
    freed = update(Slot).where(col(Slot.id) == slot_id).values(booked=col(Slot.booked) - 1)
    await session.execute(freed.execution_options(synchronize_session=False))


def moments(day: date, opens: str, closes: str, minutes: int) -> list[datetime]:
    """The starts of a day's slots, aware."""
    start = datetime.combine(day, time.fromisoformat(opens), clock.WITA)
    end = datetime.combine(day, time.fromisoformat(closes), clock.WITA)
    return [start + timedelta(minutes=n) for n in range(0, int((end - start).total_seconds() // 60), minutes)]
