"""The drill: a city burns down while orders and messages come in, and is back, to a moment and to its newest, with all it acknowledged."""

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from common import ids
from common.backup import keys as kept
from common.backup.catalog import Vault
from common.backup.targets import FolderTarget
from common.embedded.postgres import Postgres
from common.files.models import key_of
from tests.common.embedded.make import environment, gone
from tests.common.files.make import a_photo
from tests.marvec.cli.make import ROOT, RunningCity, marvec, running_city

PASSPHRASE = "losari senja hari"
PATIENCE = 120.0  # seconds, on a busy machine


@dataclass(frozen=True)
class Acknowledged:
    """What the city has said yes to, under the client's own name for it: between `sent` and `answered` it was committed."""

    name: str
    sent: datetime
    answered: datetime


@dataclass
class Crowd:
    """Buys and talks without a pause until nobody answers."""

    port: int
    stage: dict[str, str]
    acknowledged: list[Acknowledged] = field(default_factory=list)

    async def live(self) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}/api/v1", timeout=10, trust_env=False) as client:
            await asyncio.gather(self._buy(client), self._talk(client))

    async def wait_for(self, count: int, life: "asyncio.Task[None]") -> None:
        """So many more yeses."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(PATIENCE):
            while len(self.acknowledged) < wanted:
                assert not life.done(), life.exception()
                await asyncio.sleep(0.02)

    async def show(self, picture: bytes) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}/api/v1", timeout=30, trust_env=False) as client:
            headers = {"Authorization": self.stage["sells"]}
            sent = {"data": ("pasar.jpg", picture, "image/jpeg")}
            answer = await client.post(f"/listings/{self.stage['listing']}/pictures", files=sent, headers=headers)
            assert answer.status_code == 201, answer.text

    async def _buy(self, client: httpx.AsyncClient) -> None:
        line = {"listing_id": self.stage["listing"], "quantity": 1, "unit_price": int(self.stage["price"])}
        while await self._said_yes(client, "/orders", {"lines": [line], "client_key": (name := str(ids.uuid7()))}, name):
            pass

    async def _talk(self, client: httpx.AsyncClient) -> None:
        path = f"/conversations/{self.stage['conversation']}/messages"
        while await self._said_yes(client, path, {"client_id": (name := str(ids.uuid7())), "text": "Masih ada ki'?"}, name):
            pass

    async def _said_yes(self, client: httpx.AsyncClient, path: str, body: dict[str, Any], name: str) -> bool:
        """Whether anybody answers at all."""
        sent = datetime.now(UTC)
        try:
            answer = await client.post(path, json=body, headers={"Authorization": self.stage["buys"]})
        except httpx.TransportError:
            return False
        if answer.status_code == 429:
            await asyncio.sleep(0.5)
        else:
            assert answer.status_code == 201, answer.text
            self.acknowledged.append(Acknowledged(name, sent, datetime.now(UTC)))
        return True


async def test_a_city_that_burns_down_is_back_to_a_moment_and_to_its_newest(tmp_path: Path) -> None:
    var, away, file = tmp_path / "var", tmp_path / "cadangan", tmp_path / "kunci"
    told: dict[str, Any] = {"MARVEC_BACKUP_URL": str(away), "MARVEC_BACKUP_SECONDS": "1", "MARVEC_PASSWORD_COST": "low"}
    with running_city(var, **told) as city:
        assert "the keys are in" in _marvec("backup", "keys", str(file), MARVEC_DATA_DIR=str(var), **told)
        vault = Vault(FolderTarget(away), kept.read(file, PASSPHRASE)["MARVEC_BACKUP_KEY"])
        crowd = Crowd(city.port, _lay_stage(city))
        await _until(lambda: bool(vault.bases()))
        life = asyncio.create_task(crowd.live())
        await crowd.wait_for(20, life)
        moment = datetime.now(UTC)
        await crowd.wait_for(20, life)
        await crowd.show(a_photo())
        shown = datetime.now(UTC)
        await _until(lambda: vault.reach_of(vault.bases()[-1]) > shown)
        await crowd.wait_for(10, life)
        pids = city.pids
        city.process.kill()
        city.process.communicate()
        await life
        assert gone(pids)
    shutil.rmtree(var)
    reach = vault.reach_of(vault.bases()[-1])
    assert _marvec("backup", "verify", MARVEC_BACKUP_KEY=kept.read(file, PASSPHRASE)["MARVEC_BACKUP_KEY"], **told)

    newest = tmp_path / "baru"
    words = ["restore", "--data", str(newest), "--from", str(away), "--keys", str(file)]
    _kill_at("recovery", words)
    assert "marvec restore` again" in marvec("run", "--data", str(newest)).stderr
    assert f"{newest} is the city of" in _marvec(*words)
    found = await _examine(newest)
    before = {one.name for one in crowd.acknowledged if one.answered < reach}
    assert len(before) >= 40 and before <= found
    assert list((newest / "files").glob("??/*"))

    earlier = tmp_path / "tadi"
    _marvec("restore", "--data", str(earlier), "--from", str(away), "--keys", str(file), "--at", moment.isoformat())
    found = await _examine(earlier)
    assert {one.name for one in crowd.acknowledged if one.answered < moment} <= found
    assert {one.name for one in crowd.acknowledged if one.sent > moment} & found == set()


def _marvec(*words: str, **told: str) -> str:
    """What a command says that succeeds."""
    done = marvec(*words, MARVEC_BACKUP_PASSPHRASE=PASSPHRASE, **told)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _lay_stage(city: RunningCity) -> dict[str, str]:
    told = json.loads((city.data / "environment.json").read_text())
    words = [sys.executable, "-W", "ignore", "-m", "tests.marvec.cli.stage"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(**told), cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    laid: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return laid


def _kill_at(step: str, words: list[str]) -> None:
    """Begin, and be killed -9 as soon as that step is told."""
    command = [sys.executable, "-m", "marvec.cli", *words]
    told = environment(MARVEC_BACKUP_PASSPHRASE=PASSPHRASE)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=told) as process:
        assert process.stderr is not None
        assert any(line.startswith(step) for line in process.stderr)
        process.kill()


async def _until(true: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.1)


async def _examine(data: Path) -> set[str]:
    """Names of orders and messages in a restored city, once its ledger, its trail and its files are found to be whole."""
    keys = json.loads((data / "keys.json").read_text())
    with Postgres(data / "postgres", fast=True) as postgres:
        told = keys | {"MARVEC_DATABASE_URL": postgres.url, "MARVEC_DATA_DIR": str(data)}
        assert "every pot holds what its rows say" in _marvec("ledger", "check", **told)
        _marvec("audit", "acknowledge", "--because", "dipulihkan dari cadangan", **told)  # the kept head may be ahead, or in no copy yet
        assert "sealed entries fit" in _marvec("audit", "verify", **told)
        connection = await asyncpg.connect(postgres.url)
        assert await connection.fetchval("SELECT count(*) FROM ledger_entries") > 0
        for row in await connection.fetch("SELECT id, sha256 FROM files"):
            assert hashlib.sha256((data / "files" / key_of(row["id"])).read_bytes()).digest() == row["sha256"]
        rows = await connection.fetch("SELECT client_key FROM order_groups UNION ALL SELECT client_id FROM messages")
        found = {row[0] for row in rows}
        await connection.close()
    return found
