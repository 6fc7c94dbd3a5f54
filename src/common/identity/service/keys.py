"""Tokens and codes: made here, kept as hashes."""

import hashlib
import secrets

from common import ids
from common.sealing import keyed_hash
from common.settings import get_settings

BEARER = "mvc_"


def new_token(prefix: str = "") -> tuple[str, bytes]:
    """A token of 256 random bits and the hash under which it is kept. A plain hash is enough: there is nothing to guess."""
    token = prefix + ids.secret_token()
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(code: str, *bound_to: str) -> bytes:
    """Six digits can be tried out in a second: their hash is keyed, and bound to the address and purpose."""
    return keyed_hash(get_settings().secret_key.get_secret_value(), ":".join((*bound_to, code)), purpose="codes")
