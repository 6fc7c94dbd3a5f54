"""What payments say of a person who wants to leave: money that is on its way."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from common.i18n import ngettext
from common.payments import queries
from common.personal import Hindrance

SAID = {"dispute_id", "side", "words", "filename", "created_at"}
OWN = {"id", "purpose", "purpose_id", "amount", "refunded", "state", "created_at"}


@personal.exports("pembayaran")
async def paid(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(include=OWN) for one in await queries.of_payer(session, person_id)]


@personal.exports("bukti_sengketa")
async def said(session: AsyncSession, person_id: UUID) -> Any:
    """What one told a bank."""
    return [one.model_dump(include=SAID) for one in await queries.evidence_by(session, person_id)]


@personal.hinders("common.payments")
async def on_its_way(session: AsyncSession, person_id: UUID) -> Sequence[Hindrance]:
    if waiting := [one for one in await queries.of_payer(session, person_id) if one.is_open]:
        words = ngettext("%(n)s pembayaran belum selesai", "%(n)s pembayaran belum selesai", len(waiting))
        return [Hindrance(words, f"/bayar/{waiting[0].id}")]
    return []
