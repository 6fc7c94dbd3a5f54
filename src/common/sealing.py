"""Secrets at rest: authenticated encryption with a named key, and keyed hashes.

A secret of the settings may be several keys, comma-separated: the first seals, all of them open, the last one keys the hashes (a hash
that guards uniqueness must not change when a key is replaced). Each use derives its own key (HKDF, RFC 5869), so that a value sealed
for one purpose or row cannot be opened as another (AES-256-GCM, NIST SP 800-38D).
"""

import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
KEY_ID = 4


class CannotOpen(Exception):
    """Sealed by a key that we no longer have, for another purpose or row, or damaged."""


def seal(secret: str, plain: bytes, *, purpose: str, subject: str = "") -> bytes:
    """Key id (4 bytes), nonce (12), ciphertext and tag. `subject` binds the value to its row."""
    key = _derived(keys_of(secret)[0], purpose)
    nonce = secrets.token_bytes(NONCE)
    return key_id(key) + nonce + AESGCM(key).encrypt(nonce, plain, subject.encode())


def unseal(secret: str, sealed: bytes, *, purpose: str, subject: str = "") -> bytes:
    """The plain bytes, or `CannotOpen`."""
    name, nonce, body = sealed[:KEY_ID], sealed[KEY_ID : KEY_ID + NONCE], sealed[KEY_ID + NONCE :]
    for one in keys_of(secret):
        key = _derived(one, purpose)
        if hmac.compare_digest(key_id(key), name):
            try:
                return AESGCM(key).decrypt(nonce, body, subject.encode())
            except InvalidTag as error:
                raise CannotOpen(purpose) from error
    raise CannotOpen(purpose)


def keyed_hash(secret: str, text: str, *, purpose: str) -> bytes:
    """HMAC-SHA256: equal texts have equal hashes, and without the key nothing can be tried against them."""
    return hmac.new(_derived(keys_of(secret)[-1], purpose), text.encode(), hashlib.sha256).digest()


def keys_of(secret: str) -> list[str]:
    """The keys of a secret, the one that seals first."""
    return [key.strip() for key in secret.split(",") if key.strip()]


def keys_for(secret: str, purpose: str) -> list[bytes]:
    """The derived keys of 32 bytes, for who seals in a form of his own: the first seals, all of them open."""
    return [_derived(key, purpose) for key in keys_of(secret)]


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key-id:" + key).digest()[:KEY_ID]


@lru_cache(maxsize=64)
def _derived(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"marvec:{purpose}".encode()).derive(key.encode())
