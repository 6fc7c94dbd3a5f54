"""The verbs: report a thing, decide about it. A decision, what it does, and who is told of it are one transaction."""

from uuid import UUID

import sqlalchemy
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import events
from common.actor import Actor
from common.audit import service as audit
from common.errors import Forbidden
from common.notifications.service import Telling, notify_many
from marvec.chat import queries as chat
from marvec.listings import queries as goods
from marvec.listings import service as listings
from marvec.moderation import policy, queries
from marvec.moderation.errors import AlreadyAsked, AlreadyReported, NotForThis, OwnThing
from marvec.moderation.models import Case, CaseState, Kind, Reason, Report
from marvec.moderation.schemas import AskReview, Decide, ReportThing
from marvec.moderation.wording import FOR_OWNER, FOR_REPORTER, REVIEWED
from marvec.storefronts import policy as shop_policy
from marvec.storefronts import queries as shops
from marvec.storefronts import service as storefronts
from marvec.storefronts.errors import NotYourStorefront

KIND = "moderation.decided"
LONGEST_WORDS = 1000


async def report_listing(session: AsyncSession, actor: Actor, listing_id: UUID, given: ReportThing) -> None:
    """Ask the house to look at a thing on offer. Raises NoSuchListing, OwnThing, AlreadyReported."""
    listing = await goods.visible_by_id(session, listing_id)
    if listing.seller_id == actor.person_id:
        raise OwnThing
    about = Case(kind=Kind.LISTING, subject_id=listing.id, person_id=listing.seller_id, storefront_id=listing.storefront_id)
    if not await _report(session, about, Report(reporter_id=actor.person_id, case_id=about.id, **given.model_dump())):
        raise AlreadyReported


async def ask_review(session: AsyncSession, actor: Actor, listing_id: UUID, given: AskReview) -> None:
    """An owner asks an operator to look at what the rules keep from being shown, or was hidden. Raises NoSuchListing, NotYourStorefront,
    AlreadyAsked."""
    listing = await goods.by_id(session, listing_id)
    shop = await shops.by_id(session, listing.storefront_id)
    if not shop_policy.may_manage(actor, shop):
        raise NotYourStorefront
    about = Case(kind=Kind.LISTING, subject_id=listing.id, person_id=listing.seller_id, storefront_id=shop.id)
    asked = Report(reporter_id=actor.person_id, case_id=about.id, reason=Reason.REVIEW, words=given.words)
    if not await _report(session, about, asked):
        raise AlreadyAsked


async def report_message(session: AsyncSession, event: events.MessageReported) -> None:
    """What was reported in a conversation becomes (part of) a case. The same report twice is one."""
    message = await chat.message(session, event.conversation_id, event.seq)
    if message is None:
        return
    owned = await shops.owned_by(session, message.author_id)
    about = Case(
        kind=Kind.MESSAGE, subject_id=event.conversation_id, seq=event.seq, person_id=message.author_id,
        storefront_id=owned[0].id if owned else None,
    )  # fmt: skip
    words = event.reason[:LONGEST_WORDS]
    await _report(session, about, Report(reporter_id=event.reporter_id, case_id=about.id, reason=Reason.OTHER, words=words))


async def decide(session: AsyncSession, actor: Actor, case_id: UUID, decision: Decide) -> Case:
    """Move a case and do what the decision says. Raises NoSuchCase, NotFromHere (somebody was faster), NotForThis, Forbidden."""
    if not policy.may_moderate(actor):
        raise Forbidden
    case = await queries.for_update(session, case_id)
    before = case.state
    if decision.state not in policy.decisions_for(case) and case.may_move_to(decision.state):
        raise NotForThis
    case.move_to(decision.state, by=actor.person_id, because=decision.because)
    await session.flush()
    await _carry_out(session, actor, case, before)
    await audit.record(session, actor, f"moderation.{case.state}", subject_kind=f"moderation.{case.kind}", subject_id=case.id)
    await _tell(session, case)
    return case


async def _report(session: AsyncSession, about: Case, report: Report) -> bool:
    """Join the thing's open case, or open one; False when the person's word is in it already.

    The upsert locks the open case: a decision at the same moment comes before (then this opens the next case) or after. Its index is named
    by a constant: of a parameter the database cannot tell, once it plans a statement for all its parameters, that the index is meant.
    """
    opened = insert(Case).values(about.model_dump())
    still_open = sqlalchemy.text(f"state = '{CaseState.OPEN}'")
    joined = opened.on_conflict_do_update(
        index_elements=["kind", "subject_id", "seq"], index_where=still_open, set_={"seq": opened.excluded.seq}
    )
    case_id = await session.scalar(joined.returning(col(Case.id)))
    row = (
        insert(Report).values(report.model_dump() | {"case_id": case_id}).on_conflict_do_nothing(constraint="uq_moderation_reports_case_id")
    )
    return await session.scalar(row.returning(col(Report.id))) is not None


async def _carry_out(session: AsyncSession, actor: Actor, case: Case, before: CaseState) -> None:
    because = case.moved_because
    undone = before if case.state is CaseState.LIFTED else None
    if case.state is CaseState.HIDDEN:
        await listings.hold_listing(session, actor, case.subject_id, because)
    elif case.state is CaseState.DISMISSED and case.kind is Kind.LISTING:
        await listings.clear_listing(session, actor, case.subject_id)
    elif undone is CaseState.HIDDEN:
        await listings.release_listing(session, actor, case.subject_id)
    elif case.storefront_id is not None and CaseState.SUSPENDED in (case.state, undone):
        await _move_shop(session, actor, case.storefront_id, suspend=undone is None, because=because)


async def _move_shop(session: AsyncSession, actor: Actor, storefront_id: UUID, *, suspend: bool, because: str) -> None:
    """A shop may be suspended already, by another case: then this one only adds its own record."""
    shop = await shops.by_id_for_update(session, storefront_id)
    if suspend == (shop.state == "suspended"):
        return
    await (storefronts.suspend_storefront if suspend else storefronts.reinstate_storefront)(session, actor, storefront_id, because)


async def _tell(session: AsyncSession, case: Case) -> None:
    """The owner with the reason, and everybody who reported with the outcome."""
    params = {"thing": (await queries.titles_of(session, [case]))[case.id], "because": case.moved_because}
    reports = await queries.reports_of(session, case.id)
    asked = any(report.reason is Reason.REVIEW for report in reports)
    for_owner = REVIEWED if asked and case.state is CaseState.DISMISSED else FOR_OWNER.get(case.state)
    tellings = [Telling(case.person_id, KIND, for_owner, params, _home(case))] if for_owner else []
    if text := FOR_REPORTER.get(case.state):
        reporters = [report.reporter_id for report in reports if report.reason is not Reason.REVIEW]
        tellings += [Telling(person_id, KIND, text, {"thing": params["thing"]}) for person_id in reporters]
    await notify_many(session, tellings)


def _home(case: Case) -> str:
    return "/toko-saya" if case.storefront_id else f"/pesan/{case.subject_id}"
