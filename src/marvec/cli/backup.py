"""`marvec backup`: a copy now, and what looks after the copies. What it does is in `common.backup`."""

import asyncio
import secrets
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.settings import get_settings
from marvec.cli.progress import Steps

if TYPE_CHECKING:
    from common.backup.catalog import Base, Vault

PASSPHRASE = click.option("--passphrase", envvar="MARVEC_BACKUP_PASSPHRASE", hidden=True)


@click.group(invoke_without_command=True)
@click.pass_context
def backup(context: click.Context) -> None:
    """Copy the database and the files now. With `archive` running beside it, any later moment can be restored as well."""
    if context.invoked_subcommand is None:
        base = asyncio.run(_take())
        click.echo(f"backup: {base.id}, {_megabytes(base.stored)} of {_megabytes(base.size)}, {base.files} files")


@backup.command()
def archive() -> None:
    """Follow the city until SIGTERM: every ten seconds its WAL and files, every MARVEC_BACKUP_HOURS the whole database."""
    asyncio.run(_follow())


@backup.command(name="list")
def list_() -> None:
    """What is there: each copy, and the last moment that it restores with the WAL after it."""
    vault = _vault()
    bases = vault.bases()
    for base in bases:
        reach = vault.reach_of(base)
        span = f"{base.ended_at:%Y-%m-%d %H:%M:%S} to {reach:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(f"{base.id}  {span}  {_megabytes(base.stored):>9}  {base.files} files")
    if not bases:
        click.echo(f"backup: none in {vault.target.url}")


@backup.command()
def verify() -> None:
    """Read everything as a restore would; non-zero exit and a line for each thing that is wrong."""
    from common.backup.verifying import verify as read_all  # noqa: PLC0415 - so that the command's help needs none of it

    with Steps() as steps:
        steps.begin("verify", 0)
        wrong = read_all(_vault(), lambda _name: steps.done(1))
    for line in wrong:
        click.echo(f"backup: {line}", err=True)
    if wrong:
        click.echo(f"backup: {len(wrong)} things are wrong; see Backup in docs/operations/runbook.md", err=True)
        sys.exit(1)
    click.echo("backup: every chunk opens, nothing is missing")


@backup.command()
@click.option("--days", type=click.IntRange(1), help="Keep every moment of so many days.  [default: MARVEC_BACKUP_DAYS]")
def prune(days: int | None) -> None:
    """Let go of what is older than the days that are kept; the newest copy always stays."""
    from common import clock  # noqa: PLC0415
    from common.backup import pruning  # noqa: PLC0415

    days = get_settings().backup_days if days is None else days
    gone = pruning.prune(_vault(), clock.now() - timedelta(days=days)) if days else 0
    click.echo(f"backup: {gone} objects pruned")


@backup.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--show", is_flag=True, help="Print what FILE keeps, as lines for an environment file.")
@PASSPHRASE
def keys(file: Path, show: bool, passphrase: str | None) -> None:
    """Write the city's keys to FILE behind a passphrase. Keep it away from the backups: each is worthless without the other."""
    from common.backup import keys as kept  # noqa: PLC0415

    passphrase = passphrase or click.prompt("Passphrase", hide_input=True, confirmation_prompt=not show)
    if show:
        for name, value in kept.read(file, passphrase).items():
            click.echo(f"{name}={value}")
        return
    kept.write(file, kept.of_settings(get_settings()), passphrase)
    click.echo(f"backup: the keys are in {file}; without them and the passphrase a backup cannot be read")


async def _take() -> "Base":
    from common import db  # noqa: PLC0415
    from common.backup import base, service  # noqa: PLC0415
    from common.backup.stream import series_of  # noqa: PLC0415

    settings, vault = get_settings(), _vault()
    followed = series_of(settings.data_dir)
    await db.open_database(settings)
    try:
        with Steps() as steps:
            begun = 0

            def told(done: int, size: int) -> None:
                nonlocal begun
                if not begun:
                    steps.begin("database", size)
                steps.done(done - begun)
                begun = done

            taken = await base.take(vault, settings, followed.series if followed else f"alone-{secrets.token_hex(4)}", told)
        await service.tell(base=taken, error="")
    finally:
        await db.close_database()
    return taken


async def _follow() -> None:
    from common import db  # noqa: PLC0415
    from common.backup.archive import Archiver  # noqa: PLC0415

    settings = get_settings()
    archiver, stopping = Archiver(_vault(), settings), asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
    await db.open_database(settings)
    try:
        await archiver.follow(stopping)
    finally:
        await db.close_database()


def _vault() -> "Vault":
    from common.backup.catalog import Vault  # noqa: PLC0415
    from common.backup.targets import target  # noqa: PLC0415

    settings = get_settings()
    return Vault(target(settings.backup_url, settings.backup_endpoint_url), settings.backup_key.get_secret_value())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
