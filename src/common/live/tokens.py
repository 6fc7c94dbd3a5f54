"""Connection tokens: JWT (HS256) that let an SDK in for a few minutes, made by the API for whoever is signed in there.

They carry the actor and the session or API token behind them, which the door looks at when it lets somebody in.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from jwt.types import Options

from common import clock
from common.actor import Actor, Grant, Role
from common.live.errors import INVALID_TOKEN, TOKEN_EXPIRED
from common.settings import get_settings

LIVES = timedelta(minutes=10)
AUDIENCE = "live"  # the same key signs other things


def issue(actor: Actor) -> tuple[str, datetime]:
    """A token for `actor`, and when it ends."""
    ends = clock.now() + LIVES
    claims = {
        "aud": AUDIENCE,
        "sub": str(actor.person_id),
        "exp": ends,
        "name": actor.name,
        "locale": actor.locale,
        "assurance": actor.assurance,
        "grants": [[grant.role.value, grant.scope] for grant in sorted(actor.grants, key=lambda grant: (grant.role, grant.scope))],
        "sid": str(actor.session_id) if actor.session_id else None,
        "tid": str(actor.token_id) if actor.token_id else None,
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
    }
    return jwt.encode(claims, get_settings().secret_key.get_secret_value(), "HS256"), ends


def read(token: str) -> tuple[Actor, float]:
    """The actor, and in how many seconds the token ends. Raises TOKEN_EXPIRED (refresh it) or INVALID_TOKEN (stay away)."""
    rules: Options = {"require": ["sub", "exp"], "verify_exp": False}
    try:
        claims = jwt.decode(token, get_settings().secret_key.get_secret_value(), ["HS256"], audience=AUDIENCE, options=rules)
        left = (datetime.fromtimestamp(claims["exp"], UTC) - clock.now()).total_seconds()
        actor = _actor(claims)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise INVALID_TOKEN from error
    if left <= 0:
        raise TOKEN_EXPIRED
    return actor, left


def _actor(claims: dict[str, object]) -> Actor:
    grants, scopes, sid, tid = claims.get("grants") or [], claims.get("scopes"), claims.get("sid"), claims.get("tid")
    assert isinstance(grants, list)
    return Actor(
        UUID(str(claims["sub"])),
        str(claims.get("name", "")),
        str(claims.get("locale", "id")),
        int(str(claims.get("assurance", 0))),
        frozenset(Grant(Role(role), scope) for role, scope in grants),
        UUID(str(sid)) if sid else None,
        frozenset(scopes) if isinstance(scopes, list) else None,
        UUID(str(tid)) if tid else None,
    )
