"""A city run as a person runs it: `marvec run` in a process of its own."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from common.embedded.processes import free_port
from tests.common.embedded.make import environment

READY = "Marvec is ready at"
ROOT = Path(__file__).resolve().parents[3]
SMALL = "tests.marvec.seed.asking"


@dataclass
class RunningCity:
    process: subprocess.Popen[str]
    data: Path
    port: int
    said: str

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return found

    @property
    def pids(self) -> list[int]:
        return list(self.record["processes"].values())

    @property
    def database_url(self) -> str:
        return self._told("MARVEC_DATABASE_URL")

    @property
    def owner_url(self) -> str:
        return self._told("MARVEC_DATABASE_OWNER_URL")

    def _told(self, name: str) -> str:
        value: str = json.loads((self.data / "environment.json").read_text())[name]
        return value

    def wait_for_history(self, seconds: float = 500) -> None:
        """Until the worker has told the demonstration's last chapter."""
        end_at = time.monotonic() + seconds
        while asyncio.run(_chapters_left(self.database_url)):
            assert time.monotonic() < end_at, "the demonstration's history is not told"
            time.sleep(0.5)

    def stop(self, signum: int = signal.SIGTERM) -> str:
        """Everything it said after it was ready."""
        self.process.send_signal(signum)
        return self.process.communicate(timeout=120)[0]


async def _chapters_left(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        left: int = await connection.fetchval("SELECT count(*) FROM outbox WHERE job = 'seed.chapter' AND done_at IS NULL")
        return left
    finally:
        await connection.close()


def marvec(*words: str, **told: str) -> subprocess.CompletedProcess[str]:
    """A command to its end."""
    command = [sys.executable, "-m", "marvec.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(**told), timeout=240, check=False)


@contextmanager
def running_city(data: Path, *, demo: bool = False, program: str = "marvec.cli", processes: int = 1, **told: str) -> Iterator[RunningCity]:
    """Started and ready, empty or with the demonstration; killed at the end when the test has not stopped it itself.

    With `program=SMALL` its history is a short one: all that the long one has, a few times each.
    """
    port = free_port()
    command = [
        sys.executable,
        "-m",
        program,
        "run",
        "--data",
        str(data),
        "--port",
        str(port),
        "--processes",
        str(processes),
        *([] if demo else ["--no-demo"]),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(**told), cwd=ROOT)
    with process:
        try:
            yield RunningCity(process, data, port, _until_ready(process))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=120)


def _until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said, end_at = "", time.monotonic() + 240
    for line in process.stdout:
        said += line
        if READY in line:
            return said
        assert time.monotonic() < end_at, said
    raise AssertionError(f"the city ended before it was ready:\n{said}")
