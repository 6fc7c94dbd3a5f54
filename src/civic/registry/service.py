"""Registering a birth, once; and an officer's word on two that look alike."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from civic.registry import likeness, queries
from civic.registry.errors import AlreadyDecided, AlreadyRegistered, LooksLikeAnother, NothingAlike
from civic.registry.likeness import Identity, Why
from civic.registry.models import Birth, Comparison
from civic.services import answers as forms
from civic.services import queries as applications
from civic.services import service as services
from civic.services.answers import Answers
from civic.services.errors import NothingAsked
from civic.services.models import Application, State
from common import clock
from common.actor import Actor
from common.audit import service as audit
from common.credentials import queries as credentials
from common.credentials.models import CredentialState
from common.states import NotFromHere

REGISTER = "7371-LU"  # Makassar's code; LU: kelahiran umum
SHORTEST_REASON = 3


@dataclass(frozen=True)
class Likeness:
    """An entry that may be the same child, and why; `revoked`: its certificate holds no more; `decided`: an officer's word on it."""

    entry: Birth
    facts: Answers
    why: Why
    revoked: bool
    decided: Comparison | None

    @property
    def stops(self) -> bool:
        """Whether nothing is registered before an officer has decided (or at all: the same child)."""
        return self.why is not Why.TWIN and not self.revoked and self.decided is None


async def register_birth(session: AsyncSession, officer: Actor, application_id: UUID, answers: Answers) -> Birth:
    """Enter a birth under the next number of the year. An application is registered once; a second call returns the entry.

    Raises AlreadyRegistered for a child that has an entry, LooksLikeAnother where an officer must first compare. Of two at once the
    second waits for the first and sees it; the unique index is the last word.
    """
    entered = await queries.birth_of(session, application_id)
    if entered is not None:
        return entered
    who = Identity.of(answers)
    await queries.hold(session, who)
    await _check_alike(session, officer, await alike(session, application_id, answers))
    day = clock.today()
    serial = await queries.next_number(session, REGISTER, day.year)
    entered = Birth(
        number=f"{REGISTER}-{day:%d%m%Y}-{serial:04d}",
        application_id=application_id,
        facts=forms.seal_whole(application_id, answers),
        registered_by=officer.person_id,
        **asdict(who),
    )
    try:
        async with session.begin_nested():
            session.add(entered)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    await audit.record(session, officer, "birth.registered", subject_kind="birth", subject_id=entered.id)
    return entered


async def alike(session: AsyncSession, application_id: UUID, answers: Answers) -> list[Likeness]:
    """Entries that may be this child, the surest first."""
    who = Identity.of(answers)
    decided, found = await queries.comparisons(session, application_id, who.child), []
    for entry in await queries.may_be_one(session, who, application_id):
        facts = forms.unseal_whole(entry.application_id, entry.facts)
        if why := likeness.compare(answers, facts):
            credential = await credentials.of_application(session, entry.application_id)
            revoked = credential is not None and credential.state == CredentialState.REVOKED
            found.append(Likeness(entry, facts, why, revoked, decided.get(entry.id)))
    return sorted(found, key=lambda one: list(Why).index(one.why))


async def decide(
    session: AsyncSession, actor: Actor, application_id: UUID, birth_id: UUID, *, same: bool, reason: str
) -> tuple[Application, Comparison]:
    """An officer has seen both: it is the same child, and the application is rejected, or another one, and may be registered.

    Raises NothingAlike, AlreadyDecided, NothingAsked (without a reason), AlreadyRegistered (nobody can call the same child another).
    """
    application = await applications.for_review(session, actor, application_id)
    if application.state != State.IN_REVIEW:
        raise NotFromHere(application.state, application.state)
    if len(reason.strip()) < SHORTEST_REASON:
        raise NothingAsked
    answers = forms.unseal(application.id, application.answers)
    found = await one_alike(session, application, answers, birth_id)
    if found.decided is not None:
        raise AlreadyDecided
    if found.why is Why.SAME and not same:
        raise AlreadyRegistered
    row = Comparison(
        application_id=application_id, birth_id=birth_id, child=Identity.of(answers).child, same=same, reason=reason.strip()[:500],
        decided_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await audit.record(session, actor, "birth.compared", subject_kind="application", subject_id=application_id, birth=birth_id, same=same)
    if same:
        await services.reject(session, actor, application_id, reason)
    return application, row


async def one_alike(session: AsyncSession, application: Application, answers: Answers, birth_id: UUID) -> Likeness:
    """Raises NothingAlike."""
    found = next((one for one in await alike(session, application.id, answers) if one.entry.id == birth_id), None)
    if found is None:
        raise NothingAlike
    return found


async def name_old_entries(session: AsyncSession) -> int:
    """Entries from before births were compared get what they are found by. Of two that were already one child the later stays without."""
    old = await queries.nameless(session)
    for entry in old:
        who = asdict(Identity.of(forms.unseal_whole(entry.application_id, entry.facts)))
        try:
            async with session.begin_nested():
                entry.sqlmodel_update(who)
        except IntegrityError:
            await session.refresh(entry)
            entry.sqlmodel_update(who | {"cancelled_at": clock.now()})
            await audit.record(session, None, "birth.found_twice", subject_kind="birth", subject_id=entry.id)
    return len(old)


async def _check_alike(session: AsyncSession, officer: Actor, found: list[Likeness]) -> None:
    for one in found:
        if one.why is Why.SAME and one.revoked:
            one.entry.cancelled_at = clock.now()
            await session.flush()
            await audit.record(session, officer, "birth.cancelled", subject_kind="birth", subject_id=one.entry.id)
    standing = [one for one in found if not one.revoked]
    if any(one.why is Why.SAME for one in standing):
        raise AlreadyRegistered
    if any(one.stops or (one.decided is not None and one.decided.same) for one in standing):
        raise LooksLikeAnother
