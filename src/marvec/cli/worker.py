"""`marvec worker`."""

import click


@click.command()
def worker() -> None:
    """One worker process: jobs and timers."""
    from marvec import worker as work  # noqa: PLC0415 - so that the command's help needs none of it

    work.run()
