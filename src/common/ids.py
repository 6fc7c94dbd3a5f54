"""Names of things: UUIDv7 for rows (RFC 9562), short references that can be read aloud, and secrets."""

import secrets
import threading
import time
from uuid import UUID

# 31 symbols: no 0/O, I, L, U. A prime number of them lets one check symbol catch every single wrong symbol and every swap of two.
ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id that sorts by time: 48 bits of milliseconds, 12 of sub-millisecond order, 62 random (RFC 9562, method 3)."""
    global _last  # noqa: PLW0603  the counter that keeps ids of one process in order
    with _lock:
        nanoseconds = time.time_ns()
        stamp = (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 * 4096 // 1_000_000)
        _last = stamp = max(stamp, _last + 1)
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62))


def reference(prefix: str, size: int = 8) -> str:
    """A code such as `PSN-7K2M-9QXD-T`: `size` random symbols (4.95 bits each) in groups of four, then the check symbol."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(size))
    groups = [body[i : i + 4] for i in range(0, size, 4)]
    return "-".join([prefix, *groups, check_symbol(prefix, body)])


def is_reference(text: str, prefix: str | None = None) -> bool:
    """Whether `text` is a well-formed reference (in canonical spelling) whose check symbol is right."""
    head, *rest = text.split("-")
    body, check = "".join(rest[:-1]), rest[-1] if rest else ""
    if (prefix is not None and head != prefix) or not body or not set(body) <= set(ALPHABET):
        return False
    return check == check_symbol(head, body)


def normalise_reference(text: str) -> str:
    """What a person typed, in canonical spelling: upper case, I and L read as 1, spaces as dashes. The prefix keeps its letters."""
    head, dash, rest = "-".join(text.strip().upper().split()).partition("-")
    return head + dash + rest.replace("I", "1").replace("L", "1")


def check_symbol(prefix: str, body: str) -> str:
    """The weighted sum of all symbols, modulo 31; weights 2, 3, ... differ for every position up to 29."""
    values = [ord(c) % 31 for c in prefix] + [ALPHABET.index(c) for c in body]
    return ALPHABET[sum(weight * value for weight, value in enumerate(values, start=2)) % 31]


def secret_token() -> str:
    """256 unguessable bits, URL-safe."""
    return secrets.token_urlsafe(32)
