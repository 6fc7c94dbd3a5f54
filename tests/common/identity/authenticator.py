"""A passkey in software: what a telephone's authenticator answers to a challenge, and what a thief's would."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

HOST = "testserver"
PRESENT, VERIFIED, MADE = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """`count` is its counter; `handle` the account that its passkey names. Every answer is JSON, as a browser sends it."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    handle: bytes = b""
    origin: str = f"http://{HOST}"
    flags: int = PRESENT | VERIFIED

    def make(self, options: dict[str, Any], owner: UUID) -> str:
        """The answer to a registration, with no attestation."""
        self.handle = owner.bytes
        numbers = self.key.public_key().public_numbers()
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        known = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        told = encode_cbor({"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | MADE) + known})
        return self._answer({"clientDataJSON": self._client_data(options, "webauthn.create"), "attestationObject": told})

    def sign(self, options: dict[str, Any], *, count: int | None = None, handle: bytes | None = None) -> str:
        """The answer to a sign-in; `count` instead of the next number."""
        self.count = self.count + 1 if count is None else count
        data, client = self._data(self.flags), self._client_data(options, "webauthn.get")
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": handle or self.handle}
        return self._answer(parts)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, options: dict[str, Any], kind: str) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, parts: dict[str, bytes]) -> str:
        written = {name: bytes_to_base64url(part) for name, part in parts.items()}
        name = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": written, "clientExtensionResults": {}})
