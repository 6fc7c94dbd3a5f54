"""The levy of a file: proposed by its rule, set by an officer, confirmed by a second one where it deviates, corrected until it is paid.

At most one levy of a file holds and at most one waits for its second officer; rows are never rewritten, the next one ends the last.
The database has the last word on each of these, and issues nothing whose levy has no such foundation (`levy_is_founded`).
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import answers as forms
from civic.services import catalogue, queries, tariffs
from civic.services.catalogue import Service
from civic.services.errors import DecisionWaits, LevyNotHere, LevyPaid, NoSuchLevy, NothingAsked, SecondOfficerNeeded
from civic.services.models import Application, Levy, State
from civic.services.service import issuing
from civic.services.service.telling import tell_levy
from civic.services.tariffs import Proposal
from common import clock
from common.actor import Actor
from common.audit import service as audit
from common.errors import Invalid
from common.i18n import gettext as _
from common.payments import service as payments
from common.payments.errors import AlreadyPaid
from common.states import NotFromHere

LEVIED_IN = frozenset({State.IN_REVIEW, State.AWAITING_PAYMENT})
SHORTEST_REASON = 3


async def set_levy(
    session: AsyncSession, actor: Actor, application_id: UUID, amount: int | None = None, *, reason: str = "", exemption: str = ""
) -> Application:
    """Set the levy, or correct it until it is paid. Without an amount (and an exemption) it is what the rule proposes, which holds at once.

    Anything else deviates: it needs a reason, and holds when a second officer has confirmed it. Zero is an exemption, by name.
    Raises LevyNotHere, NotFromHere, LevyPaid, AmountNotPayable, Invalid (with the field that is wrong).
    """
    application, service, proposal = await _for_levying(session, actor, application_id)
    levy = _levy(application, service, proposal, actor, amount, exemption, reason.strip())
    if levy.amount:
        payments.check_payable(levy.amount)
    if levy.deviates and len(levy.reason) < SHORTEST_REASON:
        raise Invalid({"reason": _("Ini berbeda dari hitungan. Tulis alasannya.")})
    await _end_waiting(session, application, "replaced")
    if levy.holds:
        await _end_holding(session, application)
    session.add(levy)
    await session.flush()
    await audit.record(
        session, actor, "application.levy_set", subject_kind="application", subject_id=application.id,
        amount=levy.amount, proposed=levy.proposed, exemption=levy.exemption or "", waits=not levy.holds,
    )  # fmt: skip
    if levy.holds:
        await _apply(session, application, service, levy)
    return application


async def decide_levy(
    session: AsyncSession, actor: Actor, application_id: UUID, levy_id: UUID, *, confirms: bool, reason: str = ""
) -> Application:
    """A second officer confirms a deviating levy, which then holds, or refuses it with a reason: then what held before holds on.

    Raises SecondOfficerNeeded for who set it, NoSuchLevy for one that does not wait any more.
    """
    application, service, _proposal = await _for_levying(session, actor, application_id)
    levy = await queries.waiting_levy(session, application.id)
    if levy is None or levy.id != levy_id:
        raise NoSuchLevy
    if levy.set_by == actor.person_id:
        raise SecondOfficerNeeded
    if confirms:
        await _end_holding(session, application)
        levy.confirmed_by, levy.confirmed_at = actor.person_id, clock.now()
    elif len(reason.strip()) < SHORTEST_REASON:
        raise NothingAsked
    else:
        levy.ended_at, levy.ended_because = clock.now(), reason.strip()[:500]
    await session.flush()
    await audit.record(
        session, actor, "application.levy_confirmed" if confirms else "application.levy_refused",
        subject_kind="application", subject_id=application.id, amount=levy.amount, set_by=levy.set_by,
    )  # fmt: skip
    if confirms:
        await _apply(session, application, service, levy)
    return application


async def drop_levy(session: AsyncSession, application: Application) -> None:
    """What it was computed from has changed: nothing is set any more, and the officer sees a new proposal."""
    application.fee, application.exemption = None, None
    await session.flush()
    await _end_waiting(session, application, "its base changed")
    await _end_holding(session, application, "its base changed")


async def _for_levying(session: AsyncSession, actor: Actor, application_id: UUID) -> tuple[Application, Service, Proposal]:
    application = await queries.for_review(session, actor, application_id)
    if await queries.pending_decision(session, application_id) is not None:
        raise DecisionWaits
    service = catalogue.find(application.service, application.version)
    proposal = tariffs.propose(service, forms.unseal(application.id, application.answers))
    if proposal is None:
        raise LevyNotHere
    if application.state not in LEVIED_IN:
        raise NotFromHere(application.state, application.state)
    if application.fee_intent_id is not None:
        try:
            await payments.check_unpaid(session, application.fee_intent_id)
        except AlreadyPaid as error:
            raise LevyPaid from error
    return application, service, proposal


def _levy(
    application: Application, service: Service, proposal: Proposal, actor: Actor, amount: int | None, exemption: str, reason: str
) -> Levy:
    """The row, checked but for its reason: an exemption makes zero, zero asks for an exemption, nothing given is the proposal."""
    rule = service.fee.rule
    assert rule is not None, "there is a proposal, so there is a rule"
    if exemption and rule.exemption(exemption) is None:
        raise Invalid({"exemption": _("Pembebasan itu tidak ada dalam aturan layanan ini.")})
    if exemption and amount:
        raise Invalid({"amount": _("Yang dibebaskan tidak membayar. Kosongkan jumlahnya, atau jangan pilih pembebasan.")})
    named = exemption or (proposal.exemption if not amount else None)
    if amount == 0 and named is None:
        raise Invalid({"exemption": _("Nol rupiah hanya untuk yang dibebaskan. Pilih dasar pembebasannya.")})
    due = 0 if named else proposal.amount if amount is None else amount
    return Levy(
        application_id=application.id, amount=due, exemption=named, proposed=proposal.amount, proposed_exemption=proposal.exemption,
        computation=proposal.lines, reason=reason[:500], looks_at=rule.looks_at, set_by=actor.person_id,
    )  # fmt: skip


async def _end_waiting(session: AsyncSession, application: Application, because: str) -> None:
    waiting = await queries.waiting_levy(session, application.id)
    if waiting is not None:
        waiting.ended_at, waiting.ended_because = clock.now(), because
        await session.flush()


async def _end_holding(session: AsyncSession, application: Application, because: str = "replaced") -> None:
    holding = await queries.levy_of(session, application.id)
    if holding is not None:
        holding.ended_at, holding.ended_because = clock.now(), because
        await session.flush()


async def _apply(session: AsyncSession, application: Application, service: Service, levy: Levy) -> None:
    """The levy holds from now on. A file that waits for its money waits for the new sum, or for nothing more."""
    application.fee, application.exemption = levy.amount, levy.exemption
    await session.flush()
    if application.state == State.AWAITING_PAYMENT:
        await issuing.ask_for_another_sum(session, application, service)
        await tell_levy(session, application)
