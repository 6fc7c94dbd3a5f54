"""When a backup is too old: told on the operator's page, to Prometheus and by the doctor alike."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from common import clock
from common.backup import gauges, service
from common.backup.models import BackupStatus
from common.backup.policy import judge
from common.db import unit_of_work
from common.operations import checks
from common.settings import get_settings
from tests.common.backup import make
from tests.marvec.seed.asking import as_if

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STATES = [
    (BackupStatus(), ("warn", "none")),
    (BackupStatus(base_at=NOW - HOUR), ("good", "fresh")),
    (BackupStatus(base_at=NOW - HOUR, reach_at=NOW - MINUTE), ("good", "fresh")),
    (BackupStatus(base_at=NOW - HOUR, reach_at=NOW - 6 * MINUTE), ("warn", "behind")),
    (BackupStatus(base_at=NOW - 3 * HOUR, reach_at=NOW - 61 * MINUTE), ("bad", "behind")),
    (BackupStatus(base_at=NOW - 27 * HOUR, reach_at=NOW), ("warn", "base_old")),
    (BackupStatus(base_at=NOW - 73 * HOUR), ("bad", "base_old")),
    (BackupStatus(base_at=NOW - HOUR, reach_at=NOW - MINUTE, error="disk_full", error_at=NOW - MINUTE), ("good", "fresh")),
    (BackupStatus(base_at=NOW - HOUR, reach_at=NOW - 7 * MINUTE, error="disk_full", error_at=NOW - 6 * MINUTE), ("warn", "failing")),
    (BackupStatus(base_at=NOW - 3 * HOUR, reach_at=NOW - 2 * HOUR, error="disk_full", error_at=NOW - 2 * HOUR), ("bad", "failing")),
]


@pytest.mark.parametrize(("status", "judged"), STATES)
def test_what_is_too_old_has_a_colour(status: BackupStatus, judged: tuple[str, str]) -> None:
    found = judge(status, get_settings().model_copy(update={"backup_url": "/cadangan"}), NOW)
    assert (found.tone, found.what) == judged


def test_no_backup_at_all_is_no_good_news_in_production() -> None:
    settings = get_settings()
    assert judge(None, settings, NOW).tone == "good"
    assert judge(None, settings.model_copy(update={"mode": "production"}), NOW).tone == "warn"
    assert judge(None, settings.model_copy(update={"mode": "production", "backup_url": "/cadangan"}), NOW).tone == "bad"


async def test_the_operator_reads_why_and_prometheus_how_old(client: httpx.AsyncClient, tmp_path: Path) -> None:
    assert (await _gauges(client))["marvec_backup_base_age_seconds"] == gauges.NEVER
    with clock.frozen(clock.now() - 3 * HOUR):
        base = make.labelled(make.vault(tmp_path), "b1", clock.now())
        await service.tell(base=base, reach=clock.now() + 90 * MINUTE, error="")
    with clock.frozen(clock.now() - 80 * MINUTE):
        await service.tell(error="disk_full")
    await service.tell(error="disk_full")  # it goes on: the moment it began stays
    with as_if(get_settings(), backup_url="/cadangan"):
        async with unit_of_work() as session:
            check = await checks.backup(session)
    assert (check.tone, check.finding) == ("bad", "Gagal sejak 80 menit yang lalu: disk tujuannya penuh.")
    told = await _gauges(client)
    assert [round(told[f"marvec_backup_{name}_age_seconds"] / 60) for name in ("base", "reach")] == [180, 90]
    assert told["marvec_backup_failing"] == 1
    await service.tell(error="")
    assert (await _gauges(client))["marvec_backup_failing"] == 0


async def _gauges(client: httpx.AsyncClient) -> dict[str, float]:
    lines = (await client.get("/metrics")).text.splitlines()
    return {name: float(value) for name, _space, value in (line.partition(" ") for line in lines if line.startswith("marvec_backup"))}
