"""Starting and stopping: one line says where it listens, one line says why it cannot, and nothing is damaged."""

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

from tests.common.embedded.sandbox.make import SOURCES, Sandbox, balance, paid, running


async def refused(*words: str) -> tuple[int | None, str]:
    command = [sys.executable, "-m", "common.embedded.sandbox", *words]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(SOURCES)})
    _, said = await process.communicate()
    return process.returncode, said.decode()


async def test_a_taken_port_is_one_clear_line(sandbox: Sandbox, tmp_path: Path) -> None:
    status, said = await refused("--data", str(tmp_path), "--port", sandbox.url.rpartition(":")[2])
    assert (status, said.startswith("sandbox: "), said.count("\n")) == (1, True, 1)


async def test_a_second_start_on_the_same_data_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        status, said = await refused("--data", str(tmp_path))
        assert (status, said) == (1, "sandbox: database is locked\n")
        await paid(first)
        assert await balance(first) == 5_000_000


async def test_a_file_of_a_newer_sandbox_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "stripe.sqlite3"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    status, said = await refused("--data", str(tmp_path))
    assert (status, "newer" in said, said.count("\n")) == (1, True, 1)


async def test_unknown_mischief_is_one_clear_line(tmp_path: Path) -> None:
    for words in ('{"sloww": 1}', "{", "[]"):
        status, said = await refused("--data", str(tmp_path), "--misbehave", words)
        assert (status, said.startswith("sandbox: "), said.count("\n")) == (1, True, 1)


async def test_links_carry_the_address_of_the_day(tmp_path: Path) -> None:
    async with running(tmp_path) as before:
        intent = await paid(before, payment_method="pm_card_threeDSecure2Required")
        old = before.url
    async with running(tmp_path, "--public-url", "https://kota.example/") as after:
        url = (await after.v1.payment_intents.retrieve_async(intent.id)).next_action.redirect_to_url.url
    assert intent.next_action.redirect_to_url.url.startswith(f"{old}/3ds/")
    assert url.startswith(f"https://kota.example/3ds/{intent.id}?")
