"""`marvec worker`."""

import click

from common.embedded.programs import await_gate


@click.command()
@click.option("--gate-fd", type=int, hidden=True)
def worker(gate_fd: int | None) -> None:
    """One worker process: jobs and timers."""
    from marvec import worker as work  # noqa: PLC0415 - so that the command's help needs none of it

    await_gate(gate_fd)
    work.run()
