"""JSON of the operator's desk of money, beside the pages of `desk`."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.payments import queries, service, waiting
from common.payments.desk import decide
from common.payments.schemas import (
    AddEvidence,
    AssignMoney,
    DisputeOut,
    EvidenceOut,
    ProviderCheckOut,
    ProviderDifferenceOut,
    SubmitEvidence,
    UnassignedOut,
    Waits,
)
from common.web.paging import Cursor, Limit, Page, linked

READS = [guards.role(Role.OPERATOR), guards.scope("ledger:read")]
WRITES = [guards.role(Role.OPERATOR), guards.scope("ledger:write")]
Asked = Request[Any, Any, Any]


@get("/ledger/unassigned", guards=READS, tags=["ledger"])
async def list_unassigned(request: Asked, session: AsyncSession, cursor: Cursor = None, limit: Limit = 50) -> Response[Page[UnassignedOut]]:
    """Money that an operator must assign, newest first."""
    return linked(request, await waiting.unassigned(session, cursor=cursor, limit=limit))


@post("/ledger/unassigned/{kind:str}/{id_:uuid}/assignment", guards=WRITES, status_code=204, tags=["ledger"])
async def assign(session: AsyncSession, actor: Actor, kind: Waits, id_: UUID, data: AssignMoney) -> None:
    """Say who bears it, once and with a reason. 409 when it was said before."""
    await decide(session, actor, kind, id_, data)


@get("/bank-disputes", guards=READS, tags=["ledger"])
async def list_disputes(request: Asked, session: AsyncSession, cursor: Cursor = None, limit: Limit = 50) -> Response[Page[DisputeOut]]:
    """Disputes of payers' banks, newest first."""
    return linked(request, await waiting.disputes(session, cursor=cursor, limit=limit))


@get("/bank-disputes/{dispute_id:uuid}", guards=READS, tags=["ledger"])
async def show_dispute(session: AsyncSession, dispute_id: UUID) -> DisputeOut:
    return DisputeOut.of(await queries.dispute_by_id(session, dispute_id))


@get("/bank-disputes/{dispute_id:uuid}/evidence", guards=READS, tags=["ledger"])
async def list_evidence(session: AsyncSession, dispute_id: UUID) -> list[EvidenceOut]:
    """What both sides have said, the first first."""
    return [EvidenceOut.of(row) for row in await queries.evidence_of(session, dispute_id)]


@post("/bank-disputes/{dispute_id:uuid}/evidence", guards=WRITES, tags=["ledger"])
async def add_evidence(session: AsyncSession, actor: Actor, dispute_id: UUID, data: AddEvidence) -> EvidenceOut:
    """Add a statement; it waits until all is submitted."""
    dispute = await queries.dispute_by_id(session, dispute_id)
    return EvidenceOut.of(await service.add_evidence(session, actor, dispute.intent_id, side=service.OPERATOR, words=data.words))


@post("/bank-disputes/{dispute_id:uuid}/submission", guards=WRITES, status_code=204, tags=["ledger"])
async def submit_evidence(actor: Actor, dispute_id: UUID, data: SubmitEvidence) -> None:
    """Hand all evidence to the bank, which takes it once. No session is held while the provider is asked."""
    await service.submit_evidence(actor, dispute_id)


@get("/ledger/provider-checks", guards=READS, tags=["ledger"])
async def list_checks(request: Asked, session: AsyncSession, cursor: Cursor = None, limit: Limit = 50) -> Response[Page[ProviderCheckOut]]:
    """Comparisons of our rows with the provider's, newest first."""
    return linked(request, await waiting.provider_checks(session, cursor=cursor, limit=limit))


@post("/ledger/provider-checks", guards=WRITES, status_code=202, tags=["ledger"])
async def want_check(session: AsyncSession, actor: Actor) -> None:
    """Compare soon; the result stands in the list."""
    await service.want_provider_check(session, actor)


@get("/ledger/provider-checks/{check_id:uuid}/differences", guards=READS, tags=["ledger"])
async def list_differences(
    request: Asked, session: AsyncSession, check_id: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Response[Page[ProviderDifferenceOut]]:
    """What one comparison found."""
    await waiting.provider_check(session, check_id)
    return linked(request, await waiting.provider_differences(session, check_id, cursor=cursor, limit=limit))


HANDLERS = [
    list_unassigned, assign, list_disputes, show_dispute, list_evidence, add_evidence, submit_evidence, list_checks, want_check,
    list_differences,
]  # fmt: skip
