"""The supervisor with small children of its own: what falls comes back, what keeps falling waits, what is asked to stop stops."""

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.embedded.errors import EmbeddedError
from common.embedded.folders import Hold
from common.embedded.outlet import Outlet
from common.embedded.processes import wait_until
from common.embedded.programs import Fork, Output, Program
from common.embedded.pulse import Pulse
from common.embedded.supervisor import Interrupted, Supervisor, interruptible, pause_after
from tests.common.embedded.make import BUSY_MACHINE, environment, gone, holder, kill_hard

SLEEPER = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]


class Notes:
    """A narrator that remembers, and may act when something falls."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def fell(self, name: str, returncode: int, pause: float) -> None:
        self.told.append(("fell", f"{name} {returncode}"))

    def hung(self, name: str, seconds: float) -> None:
        self.told.append(("hung", name))

    def refused(self, name: str, error: EmbeddedError) -> None:
        self.told.append(("refused", name))

    def stopped(self, name: str, seconds: float) -> None:
        self.told.append(("stopped", name))


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "run.json", Notes(), {"address": "http://127.0.0.1:1"})
    yield made
    made.stop()


def watch_until(supervisor: Supervisor, done: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Watch with an alarm that asks now and then whether it is enough."""
    end_at = time.monotonic() + seconds

    def ask(*_: object) -> None:
        if done() or time.monotonic() > end_at:
            raise Interrupted

    before = signal.signal(signal.SIGALRM, ask)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        supervisor.watch()
    except Interrupted:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return done()


def pid_of(supervisor: Supervisor, name: str) -> int:
    pid: int = json.loads(supervisor.record.read_text())["processes"][name]
    return pid


def test_a_child_that_is_killed_is_back_within_a_second(supervisor: Supervisor) -> None:
    supervisor.launch(Program("sleeper", supervisor.output, SLEEPER, environment()))
    first, began = pid_of(supervisor, "sleeper"), time.monotonic()
    os.kill(first, signal.SIGKILL)
    assert watch_until(supervisor, lambda: pid_of(supervisor, "sleeper") != first)
    assert time.monotonic() - began < 1 * BUSY_MACHINE
    assert isinstance(supervisor.narrator, Notes)
    assert supervisor.narrator.told == [("fell", "sleeper -9")]


def test_what_keeps_falling_waits_longer_each_time() -> None:
    assert [pause_after(failures) for failures in range(9)] == [0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0]


STAND_STILL = {
    "stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "blocked": lambda: time.sleep(600),
    "endless": lambda: exec("while True: pass"),
}


@pytest.mark.parametrize("how", STAND_STILL)
def test_a_child_whose_loop_stands_still_is_replaced_at_once_and_says_where_it_stood(
    supervisor: Supervisor, how: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, seconds in (("HUNG_SECONDS", 1.0), ("SURE_SECONDS", 0.4), ("LOOK_SECONDS", 0.1)):
        monkeypatch.setattr(f"common.embedded.supervisor.{name}", seconds)
    monkeypatch.setattr("common.embedded.pulse.BEAT_SECONDS", 0.1)
    pulse, second = Pulse(), tmp_path / "second"

    async def serve() -> None:
        beating = asyncio.create_task(pulse.keep())
        await asyncio.sleep(0.3)
        if not second.exists():
            second.touch()
            STAND_STILL[how]()
        await beating

    supervisor.launch(Fork("web", supervisor.output, lambda: asyncio.run(serve()), pulse=pulse))
    first = pid_of(supervisor, "web")
    assert watch_until(supervisor, lambda: pid_of(supervisor, "web") != first and pulse.last > 0)
    assert isinstance(supervisor.narrator, Notes)
    assert supervisor.narrator.told == [("hung", "web"), ("fell", "web -9")]
    assert gone([first], 0)
    stood = "in serve" in capfd.readouterr().out
    assert stood or how == "stopped"


def test_a_child_that_is_busy_for_a_while_or_ends_slowly_is_left_alone(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("HUNG_SECONDS", 0.5), ("SURE_SECONDS", 60.0), ("LOOK_SECONDS", 0.1)):
        monkeypatch.setattr(f"common.embedded.supervisor.{name}", seconds)
    pulse = Pulse()

    async def serve() -> None:
        for _ in range(3):
            pulse.beat()
            time.sleep(0.8)
        pulse.beat()
        await asyncio.sleep(600)

    supervisor.launch(Fork("web", supervisor.output, lambda: asyncio.run(serve()), pulse=pulse))
    began = time.monotonic()
    assert watch_until(supervisor, lambda: time.monotonic() > began + 2.5)
    assert isinstance(supervisor.narrator, Notes)
    assert supervisor.narrator.told == []


def test_three_kills_are_no_outage(supervisor: Supervisor) -> None:
    """Of a child that lived for some seconds each time: none of its lives was a failed start, so none is waited after."""
    supervisor.launch(Program("sleeper", supervisor.output, SLEEPER, environment()))
    for _ in range(5):
        pid = pid_of(supervisor, "sleeper")
        for one in supervisor._everyone():
            one.started_at -= 6
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        assert watch_until(supervisor, lambda pid=pid: pid_of(supervisor, "sleeper") != pid)  # type: ignore[misc]  # the loop's own
        assert [one.failures for one in supervisor._everyone()] == [0]
        assert time.monotonic() - began < 1 * BUSY_MACHINE


def test_a_stop_is_one_signal(supervisor: Supervisor, capfd: pytest.CaptureFixture[str]) -> None:
    """A web process takes the second one for a wish not to wait for its visitors."""
    script = (
        "import signal, time, sys; n = 0\n"
        "def stop(*_):\n    global n; n += 1\n"
        "signal.signal(signal.SIGTERM, stop); print('here', flush=True)\n"
        "while not n: time.sleep(0.01)\n"
        "time.sleep(0.5); print(n, 'signals', flush=True)"
    )
    supervisor.launch(*(Program(name, supervisor.output, [sys.executable, "-c", script], environment()) for name in ("web", "web-2")))
    said = ""

    def both_here() -> bool:
        nonlocal said
        said += capfd.readouterr().out
        return said.count("here") == 2

    assert wait_until(both_here, 30, meanwhile=supervisor.output.pump)
    supervisor.stop()
    assert capfd.readouterr().out.count("1 signals") == 2


def test_groups_stop_last_first_and_the_record_is_private_and_goes(supervisor: Supervisor) -> None:
    for name in ("database", "worker", "web"):
        supervisor.launch(Program(name, supervisor.output, SLEEPER, environment()))
    assert supervisor.record.stat().st_mode & 0o777 == 0o600
    pids = [pid_of(supervisor, name) for name in ("database", "worker", "web")]
    supervisor.stop()
    assert isinstance(supervisor.narrator, Notes)
    assert supervisor.narrator.told == [("stopped", "web"), ("stopped", "worker"), ("stopped", "database")]
    assert gone(pids, 0) and not supervisor.record.exists()


def test_a_fork_says_its_words_behind_its_name_and_its_traceback_too(supervisor: Supervisor, capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        print("selamat pagi")
        raise LookupError("habis")

    fork = Fork("penjual", supervisor.output, work)
    fork.launch()
    assert fork.process is not None
    process = fork.process
    assert wait_until(lambda: process.poll() is not None, 30, meanwhile=supervisor.output.pump)
    fork.stop()
    said = capfd.readouterr().out
    assert process.poll() == 1
    assert "  penjual | selamat pagi\n" in said
    assert "  penjual | LookupError: habis\n" in said


def test_a_city_whose_log_nobody_reads_goes_on_and_says_what_was_lost() -> None:
    ours, theirs = os.pipe()
    output = Output(Outlet(theirs))
    script = "for number in range(40_000): print(number, 'kata' * 20)"
    talker = Program("talker", output, [sys.executable, "-c", script], environment())
    talker.launch()
    process = talker.process
    assert process is not None and wait_until(lambda: process.poll() is not None, 30, meanwhile=output.pump)
    talker.stop()
    assert process.poll() == 0
    read = bytearray()
    os.set_blocking(ours, False)
    while output.outlet.waits:
        read += os.read(ours, 65536)
        output.pump()
    read += os.read(ours, 65536)
    lines = read.decode().splitlines()
    assert lines[0].startswith("   talker | 0 kata")
    assert [line for line in lines if line.startswith("... ") and line.endswith(" lines were not read in time and are gone")]
    assert lines[-1].startswith("   talker | 39999 kata")
    os.close(ours)
    output.outlet.say("nobody\n")  # the reader has gone: no error, nothing kept
    assert not output.outlet.waits
    os.close(theirs)


def test_a_fork_leaves_with_the_status_it_was_told(supervisor: Supervisor) -> None:
    fork = Fork("leaver", supervisor.output, lambda: sys.exit(7))
    fork.launch()
    process = fork.process
    assert process is not None and wait_until(lambda: process.poll() is not None, 30)
    assert process.poll() == 7


def test_a_fork_does_not_keep_its_parents_claim_on_a_folder(supervisor: Supervisor, tmp_path: Path) -> None:
    hold = Hold(tmp_path)
    hold.take("taken")
    fork = Fork("heir", supervisor.output, lambda: time.sleep(600))
    fork.launch()
    hold.release()
    process = fork.process
    assert process is not None

    def free() -> bool:
        with (tmp_path / "lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    assert wait_until(free, 30)
    assert process.poll() is None
    fork.stop()


def test_the_first_signal_interrupts_and_the_next_ones_wait_their_turn() -> None:
    with interruptible():
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)


def test_without_a_death_signal_a_watchdog_ends_what_a_killed_parent_left() -> None:
    code = """
import subprocess, sys, time
from common.embedded import watchdog
kept, ended = (subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, start_new_session=True) for _ in range(2))
watchdog.mind(kept.pid, 15)
watchdog.mind(ended.pid, 15)
watchdog.forget(ended.pid)
print(kept.pid, ended.pid, flush=True)
time.sleep(600)
"""
    process = holder(code)
    assert process.stdout is not None
    minded, forgotten = map(int, process.stdout.readline().split())
    kill_hard(process)
    try:
        assert gone([minded])
        assert not gone([forgotten], 0.2)
    finally:
        subprocess.run(["kill", str(forgotten)], check=True)
