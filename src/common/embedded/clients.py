"""PostgreSQL's programs that ask a server over the wire: `pg_basebackup` and `pg_receivewal`, for our own server and for real ones."""

import os
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from common.embedded import binaries
from common.embedded.errors import NoBinary
from common.embedded.processes import spawn


def ask_server(program: str, url: str, words: Iterable[str | Path]) -> subprocess.Popen[bytes]:
    """Start `program` against the server at `url`; output and errors are pipes of their own.

    Call it from a thread that outlives the program. The password goes by the environment: `ps` shows arguments to everybody.
    """
    address, password = _without_password(url)
    return spawn(
        [_program(program), f"--dbname={address}", "--no-password", *words],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **({"PGPASSWORD": password} if password else {})},
        cwd="/",
        death_signal=signal.SIGTERM,
        output=subprocess.PIPE,
        errors=subprocess.PIPE,
    )


def last_words(said: bytes) -> str:
    """The line of a program's errors that says why, without its own name."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    grave = [line for line in lines if "error:" in line or "FATAL" in line] or lines
    return grave[-1].split("error: ", 1)[-1] if grave else "no reason given"


def _program(name: str) -> Path:
    found = binaries.postgres_bin(for_servant=False) / name
    if not found.exists():
        raise NoBinary(f"{name} is missing beside {found.parent}: install PostgreSQL's client programs")
    return found


def _without_password(url: str) -> tuple[str, str]:
    """The address that libpq takes, and the password apart."""
    parts = urlsplit(url)
    user, password = parts.username or "", unquote(parts.password or "")
    hosts = parts.netloc.rpartition("@")[2]
    return urlunsplit(("postgresql", f"{user}@{hosts}" if user else hosts, parts.path, parts.query, "")), password
