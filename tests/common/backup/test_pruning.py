"""Pruning takes what no moment needs any more, and nothing else."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from common.backup.pruning import prune
from tests.common.backup import make
from tests.common.backup.make import SEGMENT, keep, labelled, names, segment

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def key(at: datetime, number: int) -> str:
    return f"aa/{UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | number)}"


def test_every_moment_that_is_promised_stays_restorable_and_the_rest_goes(tmp_path: Path) -> None:
    vault = make.vault(tmp_path)
    dropped, lasting, fresh = key(NOW - 30 * DAY, 1), key(NOW - 30 * DAY, 2), key(NOW - timedelta(hours=1), 3)
    for number, days in enumerate((20, 16, 12, 1)):
        files = (dropped, lasting) if days > 16 else (lasting,)
        labelled(vault, f"b{number}", NOW - days * DAY, begins=10 * number * SEGMENT + 50, files=files)
    keep(vault, f"files/{fresh}", *(f"wal/a/{segment(number)}" for number in range(0, 33)), f"wal/a/{segment(33)}.00000000-00000003")

    assert prune(vault, NOW - 14 * DAY) > 0

    # The base of 16 days ago begins what is restored to 14 days ago; its own WAL begins in segment 10.
    assert {name.split("/")[1] for name in names(vault, "bases/")} == {"b1", "b2", "b3"}
    assert names(vault, "wal/") == {f"wal/a/{segment(number)}" for number in range(10, 33)} | {f"wal/a/{segment(33)}.00000000-00000003"}
    assert names(vault, "files/") == {f"files/{lasting}", f"files/{fresh}"}
    assert prune(vault, NOW - 14 * DAY) == 0


def test_the_newest_base_stays_however_old_it_is(tmp_path: Path) -> None:
    vault = make.vault(tmp_path)
    labelled(vault, "b0", NOW - 90 * DAY)
    labelled(vault, "b1", NOW - 60 * DAY, begins=SEGMENT)
    prune(vault, NOW)
    assert [base.id for base in vault.bases()] == ["b1"]


def test_a_broken_series_goes_with_its_last_base_and_a_half_made_base_when_it_was_given_up(tmp_path: Path) -> None:
    vault = make.vault(tmp_path)
    labelled(vault, "20261001T000000Z-aa", NOW - 50 * DAY, series="lama")
    vault.write("wal/lama/reach", {"at": (NOW - 40 * DAY).isoformat(), "lsn": 100})
    keep(vault, f"wal/lama/{segment(0)}")
    labelled(vault, "20261120T000000Z-bb", NOW - 20 * DAY, series="baru")
    vault.put("bases/20261003T000000Z-cc/data", io.BytesIO(b"setengah"))
    vault.put("bases/20261124T115959Z-dd/data", io.BytesIO(b"sedang dibuat"))
    vault.write("wal/mulai/reach", {"at": NOW.isoformat(), "lsn": 100})

    prune(vault, NOW - 14 * DAY)

    assert {name.split("/")[1] for name in names(vault, "bases/")} == {"20261120T000000Z-bb", "20261124T115959Z-dd"}
    assert names(vault, "wal/") == {"wal/mulai/reach"}
