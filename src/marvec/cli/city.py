"""The parts of the city and what each is told: which servers are ours and which were given, the children's environment and commands."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common.embedded.errors import DiskFull, StartFailed
from common.embedded.postgres import STREAMED, Postgres
from common.embedded.processes import free_port
from common.embedded.programs import Output, Program
from common.embedded.valkey import Valkey
from marvec.cli.keys import development_keys

ROOM = 150 * 1024 * 1024  # bytes: a new cluster takes 60 MB; a database that cannot write its log stops altogether
WEBHOOK_PATH = "/webhooks/stripe"


@dataclass
class City:
    """`given`: the environment we were started with. A server whose address stands there is not ours to start."""

    data: Path
    address: str
    demo: bool
    given: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def __post_init__(self) -> None:
        streamed = STREAMED if self.backed_up else None
        self.postgres = None if "MARVEC_DATABASE_URL" in self.given else Postgres(self.data / "postgres", settings=streamed)
        self.valkey = None if "MARVEC_REDIS_URL" in self.given else Valkey(self.data / "valkey")
        self.sandbox_port = 0 if "STRIPE_API_KEY" in self.given else free_port()

    @property
    def database_url(self) -> str:
        return self.postgres.url if self.postgres else self.given["MARVEC_DATABASE_URL"]

    @property
    def backed_up(self) -> bool:
        return bool(self.given.get("MARVEC_BACKUP_URL"))

    @property
    def owner_url(self) -> str:
        """For the tables' owner: `migrate` and `seed` are told it, web and worker are not."""
        return self.postgres.owner_url if self.postgres else self.given.get("MARVEC_DATABASE_OWNER_URL", self.database_url)

    @property
    def production(self) -> bool:
        return self.given.get("MARVEC_MODE") == "production"

    def ports(self) -> dict[str, int]:
        """Of the servers that are ours."""
        known = {"postgres": self.postgres and self.postgres.port, "valkey": self.valkey and self.valkey.port, "sandbox": self.sandbox_port}
        return {name: port for name, port in known.items() if port}

    def environment(self) -> dict[str, str]:
        """What every child is told. In production nothing secret is made up: the child refuses to start and says what is missing."""
        told = dict(self.given) | {"MARVEC_DATA_DIR": str(self.data), "PYTHONUNBUFFERED": "1"}
        told.setdefault("MARVEC_BASE_URL", self.address)
        told["MARVEC_DATABASE_URL"] = self.database_url
        told.pop("MARVEC_DATABASE_OWNER_URL", None)
        if self.valkey:
            told["MARVEC_REDIS_URL"] = self.valkey.url
        if self.sandbox_port:
            told["MARVEC_STRIPE_API_BASE"] = f"http://127.0.0.1:{self.sandbox_port}"
        if not self.production:
            told = development_keys(self.data) | told
            told.setdefault("MARVEC_DEMO", "1" if self.demo else "0")
        return told

    def backup(self, output: Output) -> Program | None:
        """What keeps the WAL, the files and the copies of the database, when somebody said where."""
        if not self.backed_up:
            return None
        return Program(
            "backup", output, [sys.executable, "-m", "marvec.cli", "backup", "archive"], self.operators_environment(), patience=30
        )

    def operators_environment(self) -> dict[str, str]:
        """What the terminal may do besides: migrate as the tables' owner and copy the database, roles that no web process has use for."""
        told = self.environment() | {"MARVEC_DATABASE_OWNER_URL": self.owner_url}
        if self.backed_up and self.postgres:
            told.setdefault("MARVEC_BACKUP_DATABASE_URL", self.postgres.superuser_url)
        return told

    def sandbox(self, output: Output) -> Program | None:
        """The small Stripe, unless a key of the real one was given."""
        if not self.sandbox_port:
            return None
        told = self.environment()
        words = ["--port", str(self.sandbox_port), "--data", str(self.data / "sandbox"), "--webhook-url", self.address + WEBHOOK_PATH]
        words += ["--webhook-secret", told.get("STRIPE_WEBHOOK_SECRET", "")]
        return Program("sandbox", output, [sys.executable, "-m", "common.embedded.sandbox", *words], told, patience=5)


def check_whole(data: Path) -> None:
    """Raises StartFailed in a folder where a restore was begun and not ended: a new city there would take its place."""
    if (data / "restoring.json").exists():
        raise StartFailed(f"a restore into {data} was begun and not ended: run `marvec restore` again, as before")


def check_room(data: Path) -> None:
    """Raises DiskFull when the disk of `data` has less than ROOM left: nothing was touched yet, so nothing can be damaged."""
    if shutil.disk_usage(data).free < ROOM:
        raise DiskFull(f"less than {ROOM >> 20} MB left on the disk of {data}: free some, then start again", path=data)
