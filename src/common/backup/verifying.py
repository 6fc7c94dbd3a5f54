"""Reading a whole backup as a restore would: every chunk opens, every segment and every file is there."""

from collections.abc import Callable, Iterator

from common.backup.catalog import Base, Vault, start_of
from common.backup.errors import BackupError
from common.backup.files import PREFIX, kept


def verify(vault: Vault, told: Callable[[str], None] = lambda _name: None) -> list[str]:
    """A line for each thing that is wrong; empty when all of it can be restored. `told` hears each object's name."""
    bases = vault.bases()
    if not bases:
        return [f"there is no backup in {vault.target.url}"]
    wrong: list[str] = []
    for name in _objects(vault):
        told(name)
        try:
            for _piece in vault.pieces(name):
                pass
        except BackupError as error:
            wrong.append(str(error))
        except KeyError:
            continue  # pruned, or put together, while we read
    return wrong + [line for base in bases for line in [*_holes(vault, base), *_missing_files(vault, base)]]


def _objects(vault: Vault) -> Iterator[str]:
    for prefix in ("bases/", "wal/", PREFIX):
        yield from (name for name, _size in list(vault.target.names(prefix)))


def _holes(vault: Vault, base: Base) -> Iterator[str]:
    """Every byte of WAL from the base to the reach of its series."""
    reach, wal = vault.reach(base.series), vault.wal(base.series)
    if reach is None or reach.lsn < base.ends:
        return
    kept_to = {start_of(name, base.segment): wal.end_of(name, base.segment) for name in wal.segments()}
    start = base.begins - base.begins % base.segment
    while start < reach.lsn:
        if kept_to.get(start, 0) < min(base.segment, reach.lsn - start):
            yield f"base {base.id}: the WAL has a hole at {start >> 32:X}/{start & 0xFFFFFFFF:08X}; take a new one"
            return
        start += base.segment


def _missing_files(vault: Vault, base: Base) -> Iterator[str]:
    there = kept(vault)
    for key in vault.read(f"bases/{base.id}/files"):
        if key not in there:
            yield f"base {base.id}: the file {key} is missing"
