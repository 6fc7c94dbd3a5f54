"""Sealed streams: what was written is read, and whatever was changed, cut off, moved or taken from elsewhere is noticed."""

import io
import secrets

import pytest

from common.backup import sealed
from common.backup.errors import BackupError

KEY, NAME = "kunci-cadangan", "wal/a/1"
HEAD = len(sealed.MAGIC) + 4 + sealed.SALT
WHOLE = sealed.CHUNK + sealed.TAG


def written(plain: bytes, *, key: str = KEY, name: str = NAME) -> bytes:
    return b"".join(sealed.seal(key, name, io.BytesIO(plain)))


def read(found: bytes, *, key: str = KEY, name: str = NAME) -> bytes:
    return b"".join(sealed.unseal(key, name, io.BytesIO(found)))


@pytest.mark.parametrize("size", [0, 1, sealed.CHUNK, 3 * sealed.CHUNK + 7])
def test_what_is_sealed_is_read_and_says_nothing_to_others(size: int) -> None:
    plain = secrets.token_bytes(size)
    found = written(plain)
    assert read(found) == plain
    assert size < 100 or plain[:100] not in found
    assert written(plain) != found  # a salt of its own each time


def test_long_runs_of_zeros_are_small_and_unfold_in_pieces() -> None:
    found = written(bytes(64 << 20))
    assert len(found) < 1 << 20
    assert max(map(len, sealed.unseal(KEY, NAME, io.BytesIO(found)))) <= sealed.LARGEST


def test_a_changed_byte_anywhere_is_noticed() -> None:
    found = written(secrets.token_bytes(100))
    for place in range(len(found)):
        changed = bytearray(found)
        changed[place] ^= 1
        with pytest.raises(BackupError):
            read(bytes(changed))


def test_chunks_cannot_be_cut_off_left_out_doubled_or_swapped() -> None:
    found = written(secrets.token_bytes(3 * sealed.CHUNK + 7))
    head, chunks = found[:HEAD], [found[HEAD + n * WHOLE : HEAD + (n + 1) * WHOLE] for n in range(4)]
    first, second, third, last = chunks
    first, second, third, last = chunks
    wrongs = [
        [], [first], [first, second, third], [first, third, last], [first, second, second, third, last],
        [second, first, third, last], [first, second, third, last, last],
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(BackupError, match="wal/a/1"):
            read(head + b"".join(wrong))
    for length in (0, 3, HEAD, len(found) - 1):
        with pytest.raises(BackupError):
            read(found[:length])


def test_another_name_and_another_key_open_nothing_and_a_replaced_key_still_opens() -> None:
    found = written(b"isi")
    with pytest.raises(BackupError, match="chunk 0 does not open"):
        read(found, name="wal/a/2")
    with pytest.raises(BackupError, match="sealed with another key"):
        read(found, key="kunci-pencuri")
    assert read(found, key=f"kunci-baru,{KEY}") == b"isi"
    assert read(written(b"isi", key=f"kunci-baru,{KEY}"), key="kunci-baru") == b"isi"
