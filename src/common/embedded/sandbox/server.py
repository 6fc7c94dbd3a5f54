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
    """uvicorn, but it says where it listens, and ends by exit code 0 where uvicorn would re-raise the signal that ended it."""

    def __init__(self, config: uvicorn.Config, here: str) -> None:
        super().__init__(config)
        self._here = here

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print(f"listening on {self._here}", flush=True)  # noqa: T201  (the one line that whoever started us reads)

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
    await _Server(config, here).serve(sockets=[listener])
