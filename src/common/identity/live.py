"""Who is still let in: the door asks when a socket connects, when a role is taken, and once a minute for all."""

from uuid import UUID

from common import clock
from common.actor import Actor
from common.db import hot
from common.identity.middleware import PERSON, SESSION_STANDS, TOKEN_STANDS, actor_of
from common.live.registry import keys

STANDING = f"""
SELECT true AS is_session, s.id AS key_id, s.proven_at, NULL::text[] AS scopes, {PERSON}
FROM person_session s JOIN person p ON p.id = s.person_id LEFT JOIN person_nik n ON n.person_id = p.id
WHERE s.id = ANY($1) AND {SESSION_STANDS}
UNION ALL SELECT false, t.id, NULL::timestamptz, t.scopes, {PERSON}
FROM api_token t JOIN person p ON p.id = t.person_id LEFT JOIN person_nik n ON n.person_id = p.id
WHERE t.id = ANY($1) AND {TOKEN_STANDS}
"""  # noqa: S608  nothing but constants


@keys
async def still_let_in(key_ids: set[UUID]) -> dict[UUID, Actor]:
    """The people behind those sessions and API tokens that stand, with the roles they hold now."""
    async with hot() as connection:
        rows = await connection.fetch(STANDING, list(key_ids), clock.now())
    return {row["key_id"]: actor_of(row, is_session=row["is_session"]) for row in rows}
