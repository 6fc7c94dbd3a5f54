"""The app as its own process, with the square open: `start(port)` runs it, `kill -9` ends it."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from litestar import Litestar

from marvec.app import create_app
from tests.common.live.make import open_square

ROOT = Path(__file__).resolve().parents[3]


def create() -> Litestar:
    """For uvicorn's factory, in the child."""
    open_square()
    return create_app()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


async def start(port: int, **environment: str) -> asyncio.subprocess.Process:
    """A web process on `port`, once it answers."""
    words = ["-m", "uvicorn", "tests.common.live.city:create", "--factory", "--port", str(port), "--log-level", "warning"]
    words += ["--ws", "common.live.transport:Protocol", "--ws-per-message-deflate", "false"]
    paths = {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    process = await asyncio.create_subprocess_exec(sys.executable, *words, env=os.environ | paths | environment, cwd=ROOT)
    async with asyncio.timeout(120), httpx.AsyncClient() as client:
        while True:
            assert process.returncode is None, "the web process ended at once"
            try:
                await client.get(f"http://127.0.0.1:{port}/nowhere")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return process


@asynccontextmanager
async def running(**environment: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """One web process: its address, and itself."""
    port = free_port()
    process = await start(port, **environment)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
