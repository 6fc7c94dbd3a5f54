"""The main job as a person runs it: a whole city started by `marvec run`, and `python -m marvec.demo --chaos` against it."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.embedded.processes import free_port
from tests.common.embedded.make import environment
from tests.marvec.cli.make import running_city


def demo(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "marvec.demo", "--url", url, *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=300, check=False)


@pytest.mark.timeout(600)
def test_the_main_job_survives_the_death_of_worker_and_web(tmp_path: Path) -> None:
    with running_city(tmp_path / "var", demo=True, MARVEC_DEMO_HISTORY="0", MARVEC_PASSWORD_COST="low") as city:
        told = demo(f"http://127.0.0.1:{city.port}", "--chaos", "--data", str(city.data))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "9 processes killed" in told.stdout
    assert "OFF" not in told.stdout


def test_no_city_is_one_line_and_no_success(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    told = demo(nowhere)
    assert told.returncode == 1
    assert f"no city answers at {nowhere}" in told.stdout
    told = demo(nowhere, "--chaos", "--data", str(tmp_path))
    assert told.returncode == 1
    assert "--chaos needs an embedded city on this machine" in told.stdout
