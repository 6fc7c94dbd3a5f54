"""Registering a birth."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.registry import queries
from civic.registry.models import Birth
from civic.services import answers as forms
from civic.services.answers import Answers
from common import clock
from common.actor import Actor
from common.audit import service as audit

REGISTER = "7371-LU"  # Makassar's code; LU: kelahiran umum


async def register_birth(session: AsyncSession, officer: Actor, application_id: UUID, answers: Answers) -> Birth:
    """Enter a birth under the next number of the year. An application is registered once; a second call returns the entry."""
    entered = await queries.birth_of(session, application_id)
    if entered is not None:
        return entered
    day = clock.today()
    serial = await queries.next_number(session, REGISTER, day.year)
    entered = Birth(
        number=f"{REGISTER}-{day:%d%m%Y}-{serial:04d}",
        application_id=application_id,
        facts=forms.seal(application_id, answers),
        registered_by=officer.person_id,
    )
    session.add(entered)
    await session.flush()
    await audit.record(session, officer, "birth.registered", subject_kind="birth", subject_id=entered.id)
    return entered
