"""The processes that run our own code: forked where a fork is safe, executed elsewhere.

Loading the code takes longer than starting both servers. Done once, before the fork, it is shared by the web processes and the worker, and
one that falls is back within a few hundredths of a second. On macOS system libraries do not survive a fork, so there each is a command.
"""

import gc
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from common import metrics
from common.embedded.programs import Child, Fork, Output, Program
from common.embedded.pulse import Pulse
from marvec.cli.city import City


@dataclass(frozen=True)
class Staff:
    """Not started yet."""

    webs: Sequence[Child]
    workers: Sequence[Child]


def staff(city: City, output: Output, door: socket.socket, processes: int) -> Staff:
    """`processes` web processes that answer at `door`, and a worker."""
    names = ["web", *(f"web-{number}" for number in range(2, processes + 1))]
    if sys.platform == "linux":
        metrics.share(city.data / metrics.BESIDE)
        return forked(dict.fromkeys(names, door), output)
    return _executed(names, city, output, door)


def forked(doors: Mapping[str, socket.socket], output: Output) -> Staff:
    """A web process for each name, answering at its door, and a worker."""
    gc.disable()  # nothing that loading makes is garbage: looking for it costs a tenth of the time
    try:
        return _loaded(doors, output)
    finally:
        gc.freeze()
        gc.enable()


def _loaded(doors: Mapping[str, socket.socket], output: Output) -> Staff:
    import uvicorn  # noqa: F401, PLC0415 - `serve` needs it; loaded before the fork as well

    from marvec import worker  # noqa: PLC0415 - the whole house is loaded here, after the servers were sent off to start
    from marvec.app import create_app  # noqa: PLC0415
    from marvec.cli.web import serve  # noqa: PLC0415

    app = create_app()
    webs = [_fork(name, output, partial(serve, app, door)) for name, door in doors.items()]
    return Staff(webs, [_fork("worker", output, worker.run)])


def _fork(name: str, output: Output, work: Callable[[Pulse], object]) -> Fork:
    pulse = Pulse()
    return Fork(name, output, lambda: work(pulse), pulse=pulse)


def _executed(names: list[str], city: City, output: Output, door: socket.socket) -> Staff:
    marvec, told = [sys.executable, "-m", "marvec.cli"], city.environment()
    webs = [Program(name, output, [*marvec, "web", f"--fd={door.fileno()}"], told, fd=door.fileno()) for name in names]
    return Staff(webs, [Program("worker", output, [*marvec, "worker"], told)])
