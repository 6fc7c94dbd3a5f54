"""JSON of credentials: anybody checks by code; the issuing office suspends, resumes, revokes."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.credentials import queries, service
from common.credentials.schemas import CredentialOut

OFFICER = [guards.role(Role.OFFICER, Role.ADMIN), guards.scope("desk")]


class Because(BaseModel):
    """Why; it stands in the history."""

    reason: Annotated[str, Field(min_length=3, max_length=500)]


@get("/credentials/{code:str}", guards=[guards.public])
async def check_credential(session: AsyncSession, code: str) -> CredentialOut:
    """What anybody with the code may know: whether it stands, and what it says."""
    return CredentialOut.of(await queries.by_code(session, code))


@post("/credentials/{credential_id:uuid}/suspension", guards=OFFICER)
async def suspend_credential(session: AsyncSession, actor: Actor, credential_id: UUID, data: Because) -> CredentialOut:
    return CredentialOut.of(await service.suspend(session, actor, credential_id, data.reason))


@post("/credentials/{credential_id:uuid}/resumption", guards=OFFICER)
async def resume_credential(session: AsyncSession, actor: Actor, credential_id: UUID, data: Because) -> CredentialOut:
    return CredentialOut.of(await service.resume(session, actor, credential_id, data.reason))


@post("/credentials/{credential_id:uuid}/revocation", guards=OFFICER)
async def revoke_credential(session: AsyncSession, actor: Actor, credential_id: UUID, data: Because) -> CredentialOut:
    return CredentialOut.of(await service.revoke(session, actor, credential_id, data.reason))


router = Router(
    path="/api/v1", tags=["credentials"], route_handlers=[check_credential, suspend_credential, resume_credential, revoke_credential]
)
