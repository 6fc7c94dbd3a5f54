"""Sockets of sessions that have ended are closed: at once where the sign-out is told, within a minute by this sweep otherwise."""

from uuid import UUID

from common.db import hot
from common.live.registry import sessions


@sessions
async def still_signed_in(session_ids: set[UUID]) -> set[UUID]:
    """Those of the sessions that have not been signed out."""
    async with hot() as connection:
        rows = await connection.fetch("SELECT id FROM person_session WHERE id = ANY($1) AND revoked_at IS NULL", list(session_ids))
    return {row["id"] for row in rows}
