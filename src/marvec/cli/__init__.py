"""The command line: `marvec run` is the whole city on one machine; `web`, `worker`, `migrate`, `seed`, `doctor` are its parts.

A command's module is imported when it is called, so that `marvec --help` is quick. What goes wrong is one line and a non-zero exit.
"""

import sys
from importlib import import_module
from typing import NoReturn

import click

COMMANDS = {
    "run": "The whole city on this machine: database, queue, payments sandbox, web and worker.",
    "web": "One web process.",
    "worker": "One worker process: jobs and timers.",
    "migrate": "Bring the database's schema to this code's version.",
    "seed": "Fill the database with a small demonstration city.",
    "doctor": "Check settings, servers, files and clock; say how to mend what is wrong.",
    "audit": "The audit trail: `marvec audit verify`.",
    "ledger": "The ledger: `marvec ledger check`.",
    "backup": "Copy the city now; `marvec backup archive` follows it, `list`, `verify`, `prune`, `keys` look after it.",
    "restore": "A city from its backup, to the newest moment or to one before, into an empty folder.",
    "openapi": "Print the OpenAPI document.",
}

ALONE = ("run", "restore", "openapi")  # all others work upon a city, the running one if there is one


class LateCommands(click.Group):
    """Knows its commands by name and help alone; loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in ALONE:
            from marvec.cli.attach import attach  # noqa: PLC0415 - only for who needs a city

            attach()
        command = getattr(import_module(f"marvec.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LateCommands, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Marvec, the city app of Makassar."""


def main() -> None:
    """The program `marvec`."""
    from common.embedded.errors import EmbeddedError  # noqa: PLC0415 - kept out of --help's way

    try:
        commands()
    except EmbeddedError as error:
        from marvec.cli.words import one_line  # noqa: PLC0415 - only when something went wrong

        give_up(one_line(error))
    except ValueError as error:
        if type(error).__name__ != "ValidationError":  # pydantic's, of the settings; asked by name so that --help need not load it
            raise
        first = error.errors()[0]  # type: ignore[attr-defined] # as above
        where = ".".join(map(str, first["loc"]))
        give_up(f"{where}: {first['msg']}" if where else first["msg"].removeprefix("Value error, "))


def give_up(line: str) -> NoReturn:
    """One line and a non-zero exit."""
    click.echo(f"marvec: {line}", err=True)
    sys.exit(1)
