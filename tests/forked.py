"""Two web processes and a worker, forked from one that has loaded the house, as `marvec run --processes 2` forks them.

Each web process answers at an address of its own, so that a test knows to whom it speaks. `square` (tests/common/live/make.py) is open.
"""

import asyncio
import json
import os
import select
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

ROOT = Path(__file__).resolve().parents[1]
CHECK_SECONDS = "FORKED_CHECK_SECONDS"
"""In the environment: how seldom the hubs look into the database for what no wake-up brought."""


@dataclass(frozen=True)
class Forked:
    webs: tuple[str, str]
    """Their addresses."""
    pids: dict[str, int]
    """By name: web, web-2, worker."""


@asynccontextmanager
async def forked_city(**environment: str) -> AsyncIterator[Forked]:
    """On the servers that the environment names, once both web processes answer."""
    with TemporaryDirectory() as folder:
        record = Path(folder) / "record.json"
        paths = {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.forked", str(record), env=os.environ | paths | environment, cwd=ROOT, stdin=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(120):
                while not record.exists():
                    assert process.returncode is None, "the city ended at once"
                    await asyncio.sleep(0.05)
                city = Forked(**json.loads(record.read_text()))
                for address in city.webs:
                    await _answers(address)
            yield city
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()


async def _answers(address: str) -> None:
    async with httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{address}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


def main(record: Path) -> None:
    """In the process of its own: fork, say who is who, and end with whoever started us."""
    from common.embedded.programs import Output  # noqa: PLC0415 - the test that imports this module needs none of it
    from common.live import hub  # noqa: PLC0415
    from marvec.cli.door import listen  # noqa: PLC0415
    from marvec.cli.staff import forked  # noqa: PLC0415
    from tests.common.live.make import open_square  # noqa: PLC0415

    hub.CHECK_SECONDS = float(os.environ.get(CHECK_SECONDS, hub.CHECK_SECONDS))
    open_square()
    output, doors = Output(), {name: listen("127.0.0.1", 0) for name in ("web", "web-2")}
    staff = forked(doors, output)
    children = [*staff.webs, *staff.workers]
    for child in children:
        child.launch()
    webs = [f"http://127.0.0.1:{door.getsockname()[1]}" for door in doors.values()]
    pids = {child.name: child.process.pid for child in children if child.process is not None}
    unfinished = record.with_suffix(".part")
    unfinished.write_text(json.dumps({"webs": webs, "pids": pids}))
    unfinished.rename(record)
    while not select.select([sys.stdin], [], [], 0)[0]:
        output.pump(0.2)
    for child in children:
        if child.process is not None:
            child.process.send_signal(signal.SIGKILL)
        child.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
