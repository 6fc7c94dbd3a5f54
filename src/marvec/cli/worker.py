"""`marvec worker`."""

import click


@click.command()
def worker() -> None:
    """One worker process: jobs and timers."""
    from common import metrics  # noqa: PLC0415 - so that the command's help needs none of it
    from common.settings import get_settings  # noqa: PLC0415

    metrics.share(get_settings().data_dir / metrics.BESIDE)
    from marvec import worker as work  # noqa: PLC0415 - counts, so only now

    work.run()
