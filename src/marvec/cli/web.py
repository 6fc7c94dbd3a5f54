"""`marvec web`: uvicorn around `marvec.app:create_app`."""

import asyncio
import socket
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import uvicorn
    from litestar import Litestar

    from common.embedded.pulse import Pulse

DRAIN = 10  # seconds that requests and sockets get to end after SIGTERM


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--fd", type=int, help="A listening socket that was handed over; --host and --port are then ignored.")
def web(host: str, port: int, fd: int | None) -> None:
    """One web process."""
    from common import metrics  # noqa: PLC0415 - so that the command's help needs none of it
    from common.settings import get_settings  # noqa: PLC0415

    metrics.share(get_settings().data_dir / metrics.BESIDE)
    from marvec.app import create_app  # noqa: PLC0415 - counts, so only now
    from marvec.cli.door import listen  # noqa: PLC0415

    serve(create_app(), listen(host, port) if fd is None else socket.socket(fileno=fd))


def serve(app: "Litestar", door: socket.socket, pulse: "Pulse | None" = None) -> None:
    """Answer at `door` until SIGTERM; then no new requests, and DRAIN seconds for those under way. The loop beats the `pulse`."""
    import uvicorn  # noqa: PLC0415 - as above

    from common.live.transport import Protocol  # noqa: PLC0415
    from common.web.line import BoundedLine  # noqa: PLC0415

    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedLine,
        ws=Protocol,
        ws_per_message_deflate=False,
        ws_max_size=256 * 1024,
        ws_ping_interval=None,  # the door pings in the protocol's own words
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=75,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # whom we believe is in the settings (`common.web.proxies`)
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(uvicorn.Server(config), door, pulse))


async def _serve(server: "uvicorn.Server", door: socket.socket, pulse: "Pulse | None") -> None:
    beating = asyncio.create_task(pulse.keep()) if pulse else None
    await server.serve(sockets=[door])
    if beating:
        beating.cancel()
