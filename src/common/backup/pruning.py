"""Letting go of what nobody can ask for any more: older than the days that are kept, and not needed to restore a younger moment."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from common.backup.catalog import Base, Vault, start_of
from common.backup.files import PREFIX, kept

HALF_MADE = timedelta(days=2)  # a base without a label that is older was given up
MARGIN = timedelta(days=1)


def prune(vault: Vault, before: datetime) -> int:
    """Every moment from `before` on stays restorable. The newest base always stays. Returns how many objects went. May run twice."""
    bases = vault.bases()
    staying = _staying(bases, before)
    if not staying:
        return 0
    gone = [*_bases_to_drop(vault, bases, staying), *_wal_to_drop(vault, staying), *_files_to_drop(vault, staying)]
    vault.target.delete(gone)
    return len(gone)


def _staying(bases: list[Base], before: datetime) -> list[Base]:
    """All that ended since, and the one before them, which the first moments begin with."""
    older = [base for base in bases if base.ended_at <= before]
    return older[-1:] + [base for base in bases if base.ended_at > before]


def _bases_to_drop(vault: Vault, bases: list[Base], staying: list[Base]) -> Iterable[str]:
    known, keep = {base.id for base in bases}, {base.id for base in staying}
    too_old = f"{staying[-1].began_at - HALF_MADE:%Y%m%dT%H%M%SZ}"
    # The label goes first: a base that is half gone must not look whole.
    for name in sorted((name for name, _size in vault.target.names("bases/")), key=lambda name: not name.endswith("/label")):
        identity = name.split("/")[1]
        if identity not in keep and (identity in known or identity < too_old):
            yield name


def _wal_to_drop(vault: Vault, staying: list[Base]) -> Iterable[str]:
    """What lies before the first base of its series, and whole series without one that began before the newest base."""
    first: dict[str, Base] = {}
    for base in staying:
        first.setdefault(base.series, base)
    for series in {name.split("/")[1] for name, _size in vault.target.names("wal/")}:
        wal = vault.wal(series)
        beginning = first.get(series)
        if beginning is not None:
            for segment in wal.segments():
                if start_of(segment, beginning.segment) + beginning.segment <= beginning.begins:
                    yield from wal.names_of(segment)
        elif (reach := vault.reach(series)) is not None and reach.at < staying[-1].began_at - HALF_MADE:
            yield from (name for name, _size in vault.target.names(f"wal/{series}/"))


def _files_to_drop(vault: Vault, staying: list[Base]) -> Iterable[str]:
    """Files that no staying base had and that are older than the first of them (their ids tell when they came)."""
    needed = {key for base in staying for key in vault.read(f"bases/{base.id}/files")}
    oldest = staying[0].began_at - MARGIN
    for key in kept(vault) - needed:
        made = _made_at(key)
        if made is not None and made < oldest:
            yield PREFIX + key


def _made_at(key: str) -> datetime | None:
    try:
        milliseconds = UUID(key.rpartition("/")[2].split(".")[0]).int >> 80
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
