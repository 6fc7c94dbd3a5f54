"""Figures of many processes: how they add up is stated, and what cannot be looked up is said so."""

import subprocess
import sys

import pytest
from prometheus_client import REGISTRY, Gauge

from common import metrics
from marvec import site
from tests.common.embedded.make import environment

ALONE = """
from pathlib import Path
from common import metrics
metrics.share(Path("/proc/nowhere/metrics"))
metrics.JOBS.labels("a", "done").inc()
print(metrics.exposition()[0].decode())
"""


def test_each_gauge_says_how_processes_add_up() -> None:
    """Otherwise each process would have series of its own, named by its pid."""
    site.load_gauges()
    gauges = [one for one in set(REGISTRY._names_to_collectors.values()) if isinstance(one, Gauge) and one._name.startswith("marvec_")]
    assert len(gauges) > 20
    assert [one._name for one in gauges if one._multiprocess_mode not in metrics.GAUGES] == []


async def test_a_look_that_fails_hides_nothing_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "ASKED", [])
    looked = []

    @metrics.asked()
    async def broken() -> None:
        raise RuntimeError("rusak")

    @metrics.asked(seconds=60)
    async def dear() -> None:
        looked.append("dear")

    for _ in range(3):
        await metrics.ask()
    assert looked == ["dear"]
    up = {sample.labels["look"]: sample.value for sample in next(iter(metrics.LOOKS.collect())).samples}
    assert (up["test_metrics.broken"], up["test_metrics.dear"]) == (0, 1)


def test_a_folder_that_cannot_be_used_stops_nobody() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, env=environment(), check=True)
    assert 'marvec_job_runs_total{job_name="a",outcome="done"} 1.0' in done.stdout
    assert "metrics_not_shared" in done.stdout
