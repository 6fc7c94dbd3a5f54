"""Small builders for the servers' tests: a holder process that can be killed, a full disk, an ordinary user."""

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from common.embedded import binaries, cluster
from common.embedded.cluster import Programs
from common.embedded.folders import Doorway
from common.embedded.processes import servant

SRC = Path(__file__).parents[3] / "src"
BUSY_MACHINE = 4  # how many times slower than what is promised a machine full of other tests may be
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="mounting and changing the user need root")


def python_for_everybody(same: int = 2) -> str:
    """A Python that any user may run and whose version agrees with ours in the first `same` numbers; skips when there is none here.

    Two numbers suffice for compiled packages; three where the lock itself chooses packages by them.
    """
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        real = Path(candidate).resolve()
        if not real.exists() or not all(parent.stat().st_mode & 0o001 for parent in real.parents):
            continue
        said = subprocess.run(
            [candidate, "-c", f"import sys; print(sys.version_info[:{same}])"], capture_output=True, text=True, check=True
        )
        if said.stdout.strip() == str(sys.version_info[:same]):
            return candidate
    pytest.skip("no Python of this version that an ordinary user may run")


def packages() -> str:
    """PYTHONPATH of our code and of the packages that this interpreter sees."""
    return os.pathsep.join([str(SRC), *(path for path in sys.path if path.endswith("site-packages"))])


def environment(**more: str) -> dict[str, str]:
    """The terminal's, without anything that points to another city."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MARVEC_", "STRIPE_", "OTEL_", "PROMETHEUS_", "LC_", "LANG"))
    }
    return kept | {"PYTHONPATH": packages(), "LANG": "C.UTF-8"} | more


def as_nobody() -> dict[str, int]:
    """Keywords for Popen; nothing when we are an ordinary user already."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def holder(code: str, **more: object) -> subprocess.Popen[str]:
    """A Python process that runs `code` and is asked for its first line, then left alone."""
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment(), **more)  # type: ignore[call-overload,no-any-return] # keywords of Popen


def gone(pids: list[int], seconds: float = 30.0) -> bool:
    """Whether all of these have ended (zombies have) within the time."""
    end_at = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > end_at:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill_hard(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A real file system of that size, mounted on `folder`."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("this root may not mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Use up the disk but for `leave` bytes; the file that does."""
    filler = folder / "filler"
    with filler.open("wb") as out:
        while (free := shutil.disk_usage(folder).free - leave) > 0:
            out.write(b"x" * min(free, 1 << 20))
            out.flush()
    return filler


async def fetch(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def as_before(folder: Path) -> None:
    """The folder as it was when the application's role was the owner of all."""
    programs = Programs(binaries.postgres_bin(for_servant=servant() is not None), Doorway(folder, servant()), servant())
    old = [
        "REASSIGN OWNED BY marvec_owner TO marvec", "DROP OWNED BY marvec_owner", "DROP ROLE marvec_owner", "ALTER ROLE marvec CREATEDB",
        "GRANT pg_read_all_stats TO marvec",
    ]  # fmt: skip
    cluster._in_single_user_mode(programs, "marvec", old, durable=False)
    for role in (cluster.OWNER, cluster.APPLICATION):
        (folder / cluster.PASSWORDS[role]).unlink()
