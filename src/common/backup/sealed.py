"""A stream, compressed and sealed in chunks, so that what is larger than memory can be written and read from one end to the other.

    "MVB1" | key id (4 bytes) | salt (32) | chunk | chunk | ... | last chunk

Each object has a key of its own: HKDF-SHA256 (RFC 5869) of the backup's key, its salt and its name, so an object under another's name
does not open. Chunks are AES-256-GCM with the nonce `counter (11 bytes) | 1 if last else 0`, which is the STREAM construction (Hoang,
Reyhanitabar, Rogaway, Vizár, 2015): a chunk that is changed, left out, doubled, moved or cut off is noticed.
"""

import hmac
import io
import secrets
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.backup.errors import BackupError
from common.sealing import KEY_ID, key_id, keys_for

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAGIC = b"MVB1"
SALT = 32
CHUNK = 1 << 20  # bytes of compressed text in a chunk
TAG = 16
LARGEST = 4 << 20  # bytes that are given out at once: a chunk of zeros would unfold to a gigabyte


def seal(secret: str, name: str, plain: BinaryIO) -> Iterator[bytes]:
    """The sealed bytes of what `plain` holds, piece by piece."""
    key, salt = keys_for(secret, "backup")[0], secrets.token_bytes(SALT)
    yield MAGIC + key_id(key) + salt
    cipher = AESGCM(_object_key(key, salt, name))
    counter, waiting = 0, bytearray()
    for part in _compressed(plain):
        waiting += part
        while len(waiting) > CHUNK:  # never all of it: the last chunk is marked as such
            yield cipher.encrypt(_nonce(counter), bytes(waiting[:CHUNK]), None)
            del waiting[:CHUNK]
            counter += 1
    yield cipher.encrypt(_nonce(counter, last=True), bytes(waiting), None)


def unseal(secret: str, name: str, sealed: BinaryIO) -> Iterator[bytes]:
    """The plain bytes, piece by piece. Raises BackupError at the first chunk that is not as it was written."""
    head = _exactly(sealed, len(MAGIC) + KEY_ID + SALT)
    if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + KEY_ID + SALT:
        raise BackupError(f"{name} is damaged: it does not begin like a sealed object")
    named, salt = head[len(MAGIC) : len(MAGIC) + KEY_ID], head[len(MAGIC) + KEY_ID :]
    key = next((key for key in keys_for(secret, "backup") if hmac.compare_digest(key_id(key), named)), None)
    if key is None:
        raise BackupError(f"{name} was sealed with another key: set MARVEC_BACKUP_KEY to the one of that time")
    return _decompressed(_chunks(AESGCM(_object_key(key, salt, name)), name, sealed), name)


class Reader(io.RawIOBase):
    """Pieces of bytes as a file that can be read once, from the beginning. `told`: called with the number of bytes of each piece."""

    def __init__(self, pieces: Iterator[bytes], told: Callable[[int], None] = lambda _: None) -> None:
        self._pieces, self._told, self._rest = pieces, told, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        into = memoryview(buffer)
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._told(len(piece))
            self._rest = memoryview(piece)
        size = min(len(into), len(self._rest))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _chunks(cipher: AESGCM, name: str, sealed: BinaryIO) -> Iterator[bytes]:
    counter, chunk = 0, _exactly(sealed, CHUNK + TAG)
    while True:
        following = _exactly(sealed, CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(counter, last=not following), chunk, None)
        except InvalidTag as error:
            what = "was changed or cut off" if not following else "was changed"
            raise BackupError(f"{name} {what}: chunk {counter} does not open") from error
        if not following:
            return
        counter, chunk = counter + 1, following


def _decompressed(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    unfolding = zlib.decompressobj()
    for chunk in chunks:
        rest = chunk
        while rest:
            if piece := unfolding.decompress(rest, LARGEST):
                yield piece
            rest = unfolding.unconsumed_tail
    if piece := unfolding.flush():
        yield piece
    if not unfolding.eof:
        raise BackupError(f"{name} is damaged: it ends too early")


def _compressed(plain: BinaryIO) -> Iterator[bytes]:
    folding = zlib.compressobj(1)
    while piece := plain.read(CHUNK):
        yield folding.compress(piece)
    yield folding.flush()


def _object_key(key: bytes, salt: bytes, name: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=f"marvec:backup:{name}".encode()).derive(key)


def _nonce(counter: int, *, last: bool = False) -> bytes:
    return counter.to_bytes(11, "big") + bytes([last])


def _exactly(source: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a socket gives what it has."""
    found = bytearray()
    while len(found) < size and (more := source.read(size - len(found))):
        found += more
    return bytes(found)
