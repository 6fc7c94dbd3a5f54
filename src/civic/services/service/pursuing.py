"""Files that wait for money: reminded, then closed on the last day, both told. One may always be withdrawn (`filling.withdraw`).

A timer may run twice and in two processes at once: each file is locked, looked at again, and its next moment written with what was done.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import service as promises
from civic.services import catalogue, queries
from civic.services.models import Application, State
from civic.services.service.filling import free_slot
from civic.services.service.telling import tell_move, tell_unpaid
from common import clock
from common.audit import service as audit
from common.payments import queries as payment_queries
from common.payments import service as payments
from common.payments.models import IntentState

BANK_DAY = timedelta(days=1)  # for a payment that the bank has not answered yet


async def pursue(session: AsyncSession) -> int:
    """Remind of, or close, what is due; returns how many files were looked at."""
    due = await queries.fees_to_pursue(session, clock.now())
    for application in due:
        assert application.fee_due_at is not None, "every file that waits for money has its last day"
        if clock.now() >= application.fee_due_at:
            await _close(session, application)
        else:
            await _remind(session, application)
    return len(due)


async def _close(session: AsyncSession, application: Application) -> None:
    """Nobody paid. A payment that the bank is still working on is waited for; one that comes later all the same is given back."""
    assert application.fee_intent_id is not None, "every file that waits for money has a payment"
    intent = await payment_queries.for_update(session, application.fee_intent_id)
    if intent.state in (IntentState.PROCESSING, IntentState.SUCCEEDED):
        application.fee_notice_at = clock.now() + BANK_DAY
        return
    application.move_to(State.EXPIRED, by=None, because="unpaid")
    await session.flush()
    await payments.cancel_intent(session, intent.id)
    await free_slot(session, application.id)
    await promises.end(session, application.id, done=False)
    await audit.record(session, None, "application.expired", subject_kind="application", subject_id=application.id)
    await tell_move(session, application)


async def _remind(session: AsyncSession, application: Application) -> None:
    """Say how many days are left; the next word comes on the next day of the service's list, or on the last day."""
    assert application.fee_due_at is not None, "see above"
    fee = catalogue.of_case(application.service, application.version, application.office).fee
    application.fee_reminders += 1
    asked_at = application.fee_due_at - timedelta(days=fee.pay_within_days)
    coming = [asked_at + timedelta(days=days) for days in fee.remind_after_days]
    application.fee_notice_at = next((moment for moment in coming if moment > clock.now()), application.fee_due_at)
    left = application.fee_due_at - clock.now()
    await tell_unpaid(session, application, days=max(1, round(left / timedelta(days=1))))
