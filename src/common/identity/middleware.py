"""Who is it? One statement a request puts the `Actor` into `scope["state"]["actor"]`; strangers cost nothing. Nothing is cached: a session
that is revoked, or a role that is taken, counts from the next request on.
"""

from datetime import timedelta
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from common import clock, i18n
from common.actor import Actor, Grant, Role
from common.db import hot
from common.identity import policy
from common.identity.service import keys, on_record
from common.settings import get_settings
from common.web import static
from common.web.cookies import name_of
from common.web.csrf import SESSION_COOKIE, cookies_of

NOTED_EVERY = timedelta(minutes=5)
BEARER_PATHS = ("/api/", "/berkas/", "/connection/")
"""Where a token counts. Pages know browsers only: their forms declare no scopes."""
NOBODYS_PATHS = (static.PREFIX.encode(), b"/healthz", b"/readyz", b"/metrics")
"""The same for everybody: who asks is not looked up, which is a statement saved, and they answer without a database."""

PERSON = """
    p.id AS person_id, p.name, p.locale,
    p.phone_confirmed_at IS NOT NULL OR p.email_confirmed_at IS NOT NULL AS confirmed,
    n.officer_seen_at IS NOT NULL AS officer_seen, n.dukcapil_verified_at IS NOT NULL AS dukcapil_verified,
    (SELECT array_agg(ARRAY[g.role, g.scope]) FROM role_grant g WHERE g.person_id = p.id AND g.revoked_at IS NULL) AS grants,
    (SELECT EXISTS (SELECT FROM totp f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL)
         OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.id AND k.removed_at IS NULL)
     FROM role_grant g WHERE g.person_id = p.id AND g.revoked_at IS NULL LIMIT 1) AS has_factor
"""
SESSION_STANDS = f"""
s.revoked_at IS NULL AND NOT s.second_factor_due AND s.last_seen_at > $2::timestamptz - interval '{policy.IDLE.days} days'
AND s.created_at > $2::timestamptz - interval '{policy.LONGEST.days} days'
"""
TOKEN_STANDS = "t.revoked_at IS NULL AND t.expires_at > $2"  # noqa: S105  no password
BY_SESSION = f"""
SELECT s.id AS key_id, s.last_seen_at AS noted_at, s.proven_at, NULL::text[] AS scopes, {PERSON}
FROM person_session s JOIN person p ON p.id = s.person_id LEFT JOIN person_nik n ON n.person_id = p.id
WHERE s.token_hash = $1 AND {SESSION_STANDS}
"""  # noqa: S608  nothing but constants
BY_TOKEN = f"""
SELECT t.id AS key_id, t.last_used_at AS noted_at, NULL::timestamptz AS proven_at, t.scopes, {PERSON}
FROM api_token t JOIN person p ON p.id = t.person_id LEFT JOIN person_nik n ON n.person_id = p.id
WHERE t.token_hash = $1 AND {TOKEN_STANDS}
"""  # noqa: S608  nothing but constants
NOTE_SESSION_SEEN = "UPDATE person_session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2"
NOTE_BEARER_SEEN = "UPDATE api_token SET last_used_at = $2 WHERE id = $1"


class WhoIsIt:
    """ASGI middleware, for HTTP and sockets alike."""

    scopes = {ScopeType.HTTP, ScopeType.WEBSOCKET}

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        actor = None
        if scope["type"] in ("http", "websocket"):
            anybody = scope["raw_path"].startswith(NOBODYS_PATHS)  # `path` is cut where static files are mounted
            actor = scope["state"]["actor"] = None if anybody else await recognise(scope)
            i18n.prefer(actor.locale if actor else None)
        await self.app(scope, receive, send)
        if actor and (code := scope["state"].get("refused")):
            route = f"{scope.get('method', '')} {scope.get('path_template') or '(none)'}"
            await on_record.note_refusal(actor, route, code)


async def recognise(scope: Scope) -> Actor | None:
    """The person whose token (on the API) or session cookie came along; None for a stranger or a dead key."""
    bearer = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    if bearer[:7].lower() == "bearer " and scope["path"].startswith(BEARER_PATHS):
        return await by_token(bearer[7:].strip())
    cookie = cookies_of(scope).get(name_of(SESSION_COOKIE))
    return await by_session(cookie) if cookie else None


async def by_session(token: str) -> Actor | None:
    """The person signed in under this cookie's value."""
    return await _found(BY_SESSION, NOTE_SESSION_SEEN, token)


async def by_token(token: str) -> Actor | None:
    """The person whose API token this is."""
    return await _found(BY_TOKEN, NOTE_BEARER_SEEN, token) if token.startswith(keys.BEARER) else None


async def _found(question: str, note: str, token: str) -> Actor | None:
    now = clock.now()
    async with hot() as connection:
        row = await connection.fetchrow(question, keys.hash_of(token), now)
        if row is None:
            return None
        if row["noted_at"] is None or now - row["noted_at"] > NOTED_EVERY:
            await connection.execute(note, row["key_id"], now)
    return actor_of(row, is_session=question is BY_SESSION)


def actor_of(row: Any, *, is_session: bool) -> Actor:
    """`has_factor` is asked, and known, for who holds a role alone."""
    due = row["has_factor"] is False and get_settings().staff_needs_factor
    return Actor(
        person_id=row["person_id"],
        name=row["name"],
        locale=row["locale"],
        assurance=policy.assurance(
            confirmed=row["confirmed"], officer_seen=row["officer_seen"], dukcapil_verified=row["dukcapil_verified"]
        ),
        grants=frozenset(Grant(Role(role), scope) for role, scope in row["grants"] or () if not due),
        session_id=row["key_id"] if is_session else None,
        scopes=None if is_session else frozenset(row["scopes"]),
        token_id=None if is_session else row["key_id"],
        proven_at=row["proven_at"],
        factor_due=due,
    )
