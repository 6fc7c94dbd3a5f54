"""Serving: uvicorn on a socket that is already bound, one line with the address when it answers, a clean end on SIGTERM and SIGINT."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from common.embedded.sandbox.door import Sandbox
from common.embedded.sandbox.mischief import Plan


class _Server(uvicorn.Server):
    """uvicorn re-raises the signal that ended it; a supervisor would rather read exit code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve(
    listener: socket.socket, data: Path, *, public_url: str = "", webhook: tuple[str, str] | None = None, plan: Plan | None = None
) -> None:
    """Serve on `listener` until told to stop. Errors: OSError or sqlite3.Error when `data` cannot be used."""
    host, port = listener.getsockname()[:2]
    here = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    app = Sandbox(data, public_url.rstrip("/") or here, webhook=webhook, plan=plan)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3, lifespan="on", ws="none"
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not running.done():
        await asyncio.sleep(0.005)
    if server.started:
        print(f"listening on {here}", flush=True)  # noqa: T201  (the one line that whoever started us reads)
    await running
