"""Prometheus, over all processes of this machine: whichever web process is asked answers for all of them, workers included.

Each process writes its numbers into files of its own in one folder (`prometheus_client`'s multiprocess mode) and whoever answers adds them
up. A process takes the lowest *slot* that nobody holds, and with it the files of whoever held it before: counters go on where they stopped,
gauges begin anew, and a process that falls a thousand times leaves no thousand files. A slot is a locked file, so the kernel frees it.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

log = structlog.get_logger(__name__)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it
BESIDE = "metrics"  # the folder's name below the data
PATIENCE = 2.0  # seconds that all looks together may take
BEAT = 5.0  # seconds
LOCKS = "[0-9]*.lock"
GAUGES = ("livesum", "livemin", "livemostrecent")
RESERVED = {"counter": 2 << 20, "histogram": 4 << 20} | {f"gauge_{mode}": 64 << 10 for mode in GAUGES}
"""Bytes laid out on the disk for each file: a page of memory that finds no room on a full disk would end the process."""
Kind = Literal["web", "worker"]
Look = Callable[[], Awaitable[None]]

ASKED: list[Look] = []
"""What rooms look up when somebody reads the metrics: each sets gauges of its own, from the database that all processes share."""
BEATS: list[Callable[[Kind], None]] = []
"""What each process says of itself every BEAT seconds, since only one of them is asked."""

JOBS = Counter("marvec_job_runs_total", "Runs of jobs: done, failed (to be tried again) or dead", ["job_name", "outcome"])
JOB_SECONDS = Histogram("marvec_job_seconds", "Seconds that a job took", ["job_name"], buckets=(0.01, 0.05, 0.25, 1.0, 5.0, 30.0))
TIMERS = Counter("marvec_timer_runs_total", "Rounds of sweeps: done or failed", ["timer", "outcome"])


def summed_gauge(name: str, about: str, *labels: str) -> Gauge:
    """What each process says of itself: /metrics has the sum over those that live. Give it a label, so that only who sets it counts."""
    return Gauge(name, about, labels, multiprocess_mode="livesum")


def shared_gauge(name: str, about: str, *labels: str) -> Gauge:
    """What is the same for all, looked up by whoever is asked: /metrics has what was said last."""
    return Gauge(name, about, labels, multiprocess_mode="livemostrecent")


PROCESSES = summed_gauge("marvec_processes", "Processes that live", "kind")
BEATEN = Gauge("marvec_process_beat_timestamp_seconds", "When the most silent process last moved", ["kind"], multiprocess_mode="livemin")
LOOKS = shared_gauge("marvec_look_up", "1 when this could be looked up just now", "look")


@dataclass
class _Shared:
    """This process's place in the folder. `slot` is empty until the first number is written, and again after a fork."""

    folder: Path
    slot: str = ""
    lock: int = -1


_shared: _Shared | None = None


def share(folder: Path) -> None:
    """Write this process's numbers, and those of what is forked from it, into `folder` (or where the library's variable points).

    Call it before a module that counts is imported. Where the folder cannot be used each process counts for itself.
    """
    global _shared  # noqa: PLW0603  one folder a process
    folder = Path(os.environ.setdefault(FOLDER, str(folder)))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _shared = _Shared(folder)
        _slot()
    except OSError as error:
        _shared = None
        log.warning("metrics_not_shared", error=type(error).__name__)
        return
    values.ValueClass = values.MultiProcessValue(process_identifier=_slot)  # type: ignore[no-untyped-call]
    os.register_at_fork(after_in_child=_let_go)


def exposition() -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    return generate_latest(_registry()), CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


def asked(seconds: float = 0.0) -> Callable[[Look], Look]:
    """Register a look; what costs more is looked up once in `seconds` at most."""

    def register(look: Look) -> Look:
        not_before = 0.0

        async def now_and_then() -> None:
            nonlocal not_before
            if time.monotonic() >= not_before:
                await look()
                not_before = time.monotonic() + seconds

        now_and_then.__module__ = look.__module__
        now_and_then.__name__ = look.__name__
        ASKED.append(now_and_then)
        return look

    return register


async def ask() -> None:
    """Bring the asked gauges up to date; one that cannot say in time keeps what it said before, and `marvec_look_up` says so."""
    await asyncio.gather(*(_look(look) for look in ASKED))


async def beat(kind: Kind) -> None:
    """Say every few seconds that this process lives and how it is, until cancelled. A process that hangs does not."""
    PROCESSES.labels(kind).set(1)
    while True:
        BEATEN.labels(kind).set_to_current_time()
        for say in BEATS:
            say(kind)
        await asyncio.sleep(BEAT)


async def _look(look: Look) -> None:
    name = f"{look.__module__.removesuffix('.gauges').rpartition('.')[2]}.{look.__name__}"
    try:
        await asyncio.wait_for(look(), PATIENCE)
    except Exception as error:  # a look that fails must hide nothing of the others
        LOOKS.labels(name).set(0)
        log.warning("not_looked_up", look=name, error=type(error).__name__)
    else:
        LOOKS.labels(name).set(1)


def _registry() -> CollectorRegistry:
    if _shared is None:
        return REGISTRY
    _forget_dead(_shared)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(_shared.folder))  # type: ignore[no-untyped-call]
    return registry


def _slot() -> str:
    """The name of this process among those that write. Asked at every number: nothing is looked up once it is known."""
    assert _shared is not None
    if not _shared.slot:
        _take_slot(_shared)
    return _shared.slot


def _take_slot(shared: _Shared) -> None:
    """The lowest free slot. Who finds nobody else alive clears everything: that disturbs no rate, and what older code counted goes."""
    folder = shared.folder
    with _claims(folder):
        taken, lock = _lowest_free(folder)
        others = [path for path in folder.glob(LOCKS) if path.stem != taken]
        alone = all(_is_free(path) for path in others)
        _clear(folder.glob("*.db" if alone else f"gauge_*_{taken}.db"))
        for name, size in RESERVED.items():
            _lay_out(folder / f"{name}_{taken}.db", size)
    shared.slot, shared.lock = taken, lock


def _lowest_free(folder: Path) -> tuple[str, int]:
    number = 0
    while (lock := _try_lock(folder / f"{number}.lock")) is None:
        number += 1
    return str(number), lock


@contextmanager
def _claims(folder: Path) -> Iterator[None]:
    """One at a time: who clears a folder must know that nobody moves in meanwhile."""
    with (folder / "claims").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _try_lock(path: Path) -> int | None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _is_free(path: Path) -> bool:
    lock = _try_lock(path)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _forget_dead(shared: _Shared) -> None:
    """Take the gauges of processes that ended away; their counters stay. Whoever would take the slot meanwhile takes the next one."""
    for path in shared.folder.glob(LOCKS):
        if path.stem != shared.slot and (lock := _try_lock(path)) is not None:
            _clear(shared.folder.glob(f"gauge_*_{path.stem}.db"))
            os.close(lock)


def _clear(files: Iterable[Path]) -> None:
    """Say in its first bytes that a file holds nothing. Its room on the disk stays."""
    for path in files:
        with path.open("r+b") as file:
            file.write(bytes(8))


def _lay_out(path: Path, size: int) -> None:
    with path.open("ab") as file:
        if hasattr(os, "posix_fallocate"):  # not on macOS
            os.posix_fallocate(file.fileno(), 0, size)


def _let_go() -> None:
    """In a child: the parent's slot stays the parent's."""
    if _shared is not None and _shared.slot:
        os.close(_shared.lock)
        _shared.slot, _shared.lock = "", -1
