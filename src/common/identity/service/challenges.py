"""Challenges of passkeys (WebAuthn Level 3, 13.4.3): known here, good once, for five minutes, where they were asked for.

Written and taken in their own commits: an answer that is refused has used its challenge up.
"""

import hashlib
import secrets
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from common import clock
from common.db import hot
from common.identity.errors import ChallengeOver
from common.identity.models import Ceremony
from common.identity.service import throttling
from common.identity.service.sessions import Client
from common.settings import get_settings

LIVES = timedelta(minutes=5)
MAKE = "INSERT INTO passkey_challenge (challenge, purpose, bound_to, expires_at) VALUES ($1, $2, $3, $4)"
TAKE = "DELETE FROM passkey_challenge WHERE challenge = $1 AND purpose = $2 AND bound_to = $3 AND expires_at > $4 RETURNING true"


async def new(purpose: Ceremony, bound_to: str, client: Client | None = None) -> bytes:
    """For the session, or the stranger's browser, that is named by `bound_to`. Raises `Throttled`."""
    await throttling.count("challenge", bound_to, throttling.CHALLENGES)
    if client and client.network:
        await throttling.count("challenge-network", client.network, throttling.CHALLENGES_OF_NETWORK)
    challenge = secrets.token_bytes(32)
    async with hot() as connection:
        await connection.execute(MAKE, challenge, purpose, _hash(bound_to), clock.now() + LIVES)
    return challenge


async def take(challenge: bytes, purpose: Ceremony, bound_to: str) -> None:
    """Used from now on, whoever comes at the same time. Raises `ChallengeOver`."""
    async with hot() as connection:
        if not await connection.fetchval(TAKE, challenge, purpose, _hash(bound_to), clock.now()):
            raise ChallengeOver


async def forget_over() -> None:
    """Those that nobody answered in time."""
    async with hot() as connection:
        await connection.execute("DELETE FROM passkey_challenge WHERE expires_at <= $1", clock.now())


def origin() -> str:
    """As a browser names it: without a path."""
    parts = urlsplit(get_settings().base_url)
    return f"{parts.scheme}://{parts.netloc}"


def relying_party() -> str:
    """The name that passkeys are made for; they belong to it for ever."""
    return urlsplit(get_settings().base_url).hostname or ""


def possible() -> bool:
    """Browsers make no passkeys for a bare address."""
    try:
        ip_address(relying_party())
    except ValueError:
        return True
    return False


def _hash(bound_to: str) -> bytes:
    return hashlib.sha256(bound_to.encode()).digest()
