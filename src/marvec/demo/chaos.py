"""Killing processes of an embedded city in the middle of things. The supervisor brings them back; we watch that it does."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

from marvec.demo.errors import Off, check
from marvec.demo.waiting import until


class Chaos:
    """Off by default: `strike` then does nothing. With a data folder it kills by the pids of the city's own record, run.json."""

    def __init__(self, data: Path | None, url: str) -> None:
        self._data = data
        self._under_way: list[asyncio.Task[str]] = []
        self.falls: list[str] = []
        if data is not None:
            address = _record(data).get("address")
            check(address == url.rstrip("/"), f"--chaos needs the city that runs on {data}: that one is at {address}, not at {url}")

    @property
    def on(self) -> bool:
        return self._data is not None

    def strike(self, *names: str) -> None:
        """kill -9 now, one after the other; go on at once, while the supervisor starts them again."""
        if self._data is None:
            return
        for name in names:
            pid = _pid(self._data, name)
            os.kill(pid, signal.SIGKILL)
            self._under_way.append(asyncio.create_task(self._back(self._data, name, pid)))

    async def healed(self) -> str:
        """Wait until all that was struck lives again; -> what happened, for the report."""
        done, self._under_way = self._under_way, []
        back = await asyncio.gather(*done)
        self.falls += back
        return "killed -9 and back: " + ", ".join(back) if back else ""

    async def _back(self, data: Path, name: str, pid: int) -> str:
        began = time.monotonic()

        async def returned() -> bool | None:
            return True if _pid(data, name, pid) != pid else None

        await until(returned, f"{name} comes back after kill -9")
        return f"{name} in {(time.monotonic() - began) * 1000:.0f} ms"


def _record(data: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads((data / "run.json").read_text())
    except (OSError, ValueError) as error:
        raise Off(f"--chaos needs an embedded city on this machine: no {data / 'run.json'}") from error
    return found


def _pid(data: Path, name: str, otherwise: int | None = None) -> int:
    processes = _record(data).get("processes")
    pid = processes.get(name, otherwise) if isinstance(processes, dict) else otherwise
    if pid is None:
        raise Off(f"--chaos: the city has no process '{name}'")
    return int(pid)
