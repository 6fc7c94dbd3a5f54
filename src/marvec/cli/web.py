"""`marvec web`: uvicorn around `marvec.app:create_app`."""

import socket

import click

from common.embedded.programs import await_gate

DRAIN = 10  # seconds that requests and sockets get to end after SIGTERM


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--fd", type=int, help="A listening socket that was handed over; --host and --port are then ignored.")
@click.option("--gate-fd", type=int, hidden=True)
def web(host: str, port: int, fd: int | None, gate_fd: int | None) -> None:
    """One web process."""
    import uvicorn  # noqa: PLC0415 - so that the command's help needs none of it

    from marvec.app import create_app  # noqa: PLC0415

    app = create_app()
    await_gate(gate_fd)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=256 * 1024,
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=75,
        backlog=2048,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=None if fd is None else [socket.socket(fileno=fd)])
