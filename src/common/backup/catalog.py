"""What a target holds, and under which names.

bases/<id>/data      the database, as the tar that pg_basebackup writes
bases/<id>/files     keys of all files that the city had then
bases/<id>/label     what it is; written last, so that a base without a label is none
wal/<series>/<segment>              a whole segment
wal/<series>/<segment>.<from>-<to>  a piece of the segment that is still being written (offsets in hex)
wal/<series>/reach   {"at", "lsn"}: everything acknowledged before `at` is kept
files/<key>          one file of the city
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from common.backup import sealed
from common.backup.errors import BackupError
from common.backup.targets import Target

SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
PIECE = re.compile(r"([0-9A-F]{24})\.([0-9a-f]{8})-([0-9a-f]{8})")


@dataclass(frozen=True)
class Base:
    """A base's label. `begins`, `ends`: positions in the WAL; `segment`: bytes of a segment; `stored`: sealed bytes of the data."""

    id: str
    series: str
    began_at: datetime
    ended_at: datetime
    begins: int
    ends: int
    segment: int
    version: int
    database: str
    ours: bool
    size: int
    stored: int
    files: int


@dataclass(frozen=True)
class Reach:
    """Everything acknowledged before `at` is kept: the WAL up to `lsn`, and the files that it speaks of."""

    at: datetime
    lsn: int


class Vault:
    """A target and the key that seals what is put there."""

    def __init__(self, target: Target, secret: str) -> None:
        if not secret:
            raise BackupError("nobody has given the backups a key: set MARVEC_BACKUP_KEY, and keep it elsewhere, too")
        self.target, self._secret = target, secret

    def put(self, name: str, plain: BinaryIO, told: Callable[[int], None] = lambda _: None) -> int:
        """Seal and keep what `plain` holds; returns the sealed bytes. `told` hears of them as they go."""
        counted = 0

        def count(size: int) -> None:
            nonlocal counted
            counted += size
            told(size)

        self.target.put(name, _readable(sealed.seal(self._secret, name, plain), count))
        return counted

    def pieces(self, name: str) -> Iterator[bytes]:
        """The plain bytes of an object. Raises KeyError, BackupError."""
        with self.target.open(name) as source:
            yield from sealed.unseal(self._secret, name, source)

    def whole(self, name: str) -> bytes:
        return b"".join(self.pieces(name))

    def open(self, name: str, told: Callable[[int], None] = lambda _: None) -> BinaryIO:
        """The plain bytes as a file. Raises KeyError, BackupError when it is read."""
        return _readable(self.pieces(name), told)

    def write(self, name: str, value: object) -> None:
        self.put(name, io.BytesIO(json.dumps(value, default=str).encode()))

    def read(self, name: str) -> Any:
        return json.loads(self.whole(name))

    def write_label(self, base: Base) -> None:
        self.write(f"bases/{base.id}/label", asdict(base))

    def bases(self) -> list[Base]:
        """All whole bases, oldest first."""
        names = [name for name, _size in self.target.names("bases/") if name.endswith("/label")]
        return sorted((_label(self.read(name)) for name in names), key=lambda base: base.ended_at)

    def reach(self, series: str) -> Reach | None:
        try:
            found = self.read(f"wal/{series}/reach")
        except KeyError:
            return None
        return Reach(datetime.fromisoformat(found["at"]), found["lsn"])

    def reach_of(self, base: Base) -> datetime:
        """The last moment that this base and the WAL after it can restore."""
        reach = self.reach(base.series)
        return max(base.ended_at, reach.at) if reach and reach.lsn >= base.ends else base.ended_at

    def wal(self, series: str) -> "Wal":
        return Wal.of(series, (name for name, _size in self.target.names(f"wal/{series}/")))


@dataclass
class Wal:
    """Names of a series' objects: whole segments, timeline histories, and the pieces of each segment as (from, to)."""

    series: str
    whole: set[str]
    histories: set[str]
    parts: dict[str, list[tuple[int, int]]]

    @classmethod
    def of(cls, series: str, names: Iterable[str]) -> "Wal":
        wal = cls(series, set(), set(), {})
        for name in (name.rpartition("/")[2] for name in names):
            if piece := PIECE.fullmatch(name):
                wal.parts.setdefault(piece[1], []).append((int(piece[2], 16), int(piece[3], 16)))
            elif SEGMENT.fullmatch(name):
                wal.whole.add(name)
            elif HISTORY.fullmatch(name):
                wal.histories.add(name)
        return wal

    def name(self, segment: str, piece: tuple[int, int] | None = None) -> str:
        tail = f".{piece[0]:08x}-{piece[1]:08x}" if piece else ""
        return f"wal/{self.series}/{segment}{tail}"

    def pieces_of(self, segment: str) -> list[tuple[int, int]]:
        """Those that together hold the segment without a hole from its beginning, as far as that goes."""
        chosen: list[tuple[int, int]] = []
        end = 0
        for start, to in sorted(self.parts.get(segment, ()), key=lambda piece: (piece[0], -piece[1])):
            if start <= end < to:
                chosen.append((start, to))
                end = to
        return chosen

    def end_of(self, segment: str, size: int) -> int:
        """How many bytes of the segment are kept without a hole."""
        if segment in self.whole:
            return size
        return max((to for _start, to in self.pieces_of(segment)), default=0)

    def names_of(self, segment: str) -> list[str]:
        """All objects of one segment."""
        return [self.name(segment)] * (segment in self.whole) + [self.name(segment, piece) for piece in self.parts.get(segment, ())]

    def segments(self) -> list[str]:
        return sorted(self.whole | set(self.parts))


def start_of(segment: str, size: int) -> int:
    """The position in the WAL at which a segment begins (XLogFileName in xlog_internal.h)."""
    return (int(segment[8:16], 16) << 32) + int(segment[16:24], 16) * size


def _label(found: dict[str, Any]) -> Base:
    times = {name: datetime.fromisoformat(found[name]) for name in ("began_at", "ended_at")}
    return Base(**(found | times))


def _readable(pieces: Iterator[bytes], told: Callable[[int], None]) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(sealed.Reader(pieces, told), sealed.CHUNK))
