"""`marvec web`: uvicorn around `marvec.app:create_app`."""

import socket
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from litestar import Litestar

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


def serve(app: "Litestar", door: socket.socket) -> None:
    """Answer at `door` until SIGTERM; then no new requests, and DRAIN seconds for those under way."""
    import uvicorn  # noqa: PLC0415 - as above

    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=256 * 1024,
        ws_ping_interval=None,  # the door pings in the protocol's own words
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=75,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[door])
