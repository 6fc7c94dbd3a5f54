"""`marvec restore`: a city from its backup. What it does is in `common.backup.restoring`."""

import sys
from datetime import datetime
from pathlib import Path

import click

from common.clock import WITA
from common.settings import get_settings
from marvec.cli.progress import Steps


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path), help="An empty folder; nothing is ever overwritten.")
@click.option("--from", "source", help="Where the backup is: a folder or s3://bucket/prefix.  [default: MARVEC_BACKUP_URL]")
@click.option("--at", help="The moment, such as 2026-11-24T21:30 (Makassar's time, unless it says another).  [default: the newest]")
@click.option("--keys", type=click.Path(path_type=Path), help="The file that `marvec backup keys` wrote; its passphrase is asked for.")
@click.option("--passphrase", envvar="MARVEC_BACKUP_PASSPHRASE", hidden=True)
def restore(data: Path, source: str | None, at: str | None, keys: Path | None, passphrase: str | None) -> None:
    """Fill an empty folder with the city as it was. Killed half-way, the same command goes on. Then: `marvec run --data FOLDER`."""
    from common.backup import keys as kept  # noqa: PLC0415 - so that the command's help needs none of it
    from common.backup import restoring  # noqa: PLC0415
    from common.backup.catalog import Vault  # noqa: PLC0415
    from common.backup.errors import BackupError  # noqa: PLC0415
    from common.backup.targets import target  # noqa: PLC0415
    from common.files.stores import store  # noqa: PLC0415
    from marvec.cli.keys import keep  # noqa: PLC0415

    settings, data = get_settings(), data.absolute()
    found: dict[str, str] = {}
    if keys is not None:
        found = kept.read(keys, passphrase or click.prompt("Passphrase", hide_input=True))
    secret = found.get("MARVEC_BACKUP_KEY") or settings.backup_key.get_secret_value()
    if not secret:
        raise BackupError("a backup is read with its key: give --keys FILE, or set MARVEC_BACKUP_KEY")
    vault = Vault(target(source or settings.backup_url, settings.backup_endpoint_url), secret)
    with Steps() as steps:
        restored = restoring.restore(
            vault, data, _moment(at), lambda folder: store(settings.model_copy(update={"data_dir": folder})), steps
        )
    if found:
        keep(data, found)
    for key in restored.missing:
        click.echo(f"restore: the file {key} is missing", err=True)
    click.echo(f"restore: {data} is the city of {restored.to.astimezone(WITA):%Y-%m-%d %H:%M:%S} WITA, {restored.files} files")
    sys.exit(1 if restored.missing else 0)


def _moment(text: str | None) -> datetime | None:
    from common.backup.errors import BackupError  # noqa: PLC0415

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BackupError(f"{text} is no moment: write it like 2026-11-24T21:30") from error
    return found if found.tzinfo else found.replace(tzinfo=WITA)
