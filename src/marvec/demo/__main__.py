"""`python -m marvec.demo [--url http://127.0.0.1:8000] [--chaos] [--data var] [--letters DIR]`.

Exit 0: all is as it must be; 1: something is off."""

import asyncio
import sys
from pathlib import Path

import click
from rich.console import Console

from marvec.demo.chaos import Chaos
from marvec.demo.errors import Off
from marvec.demo.people import Letters
from marvec.demo.report import Report
from marvec.demo.story import tell


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--chaos", is_flag=True, help="Kill worker and web in the middle (embedded city on this machine only).")
@click.option("--data", default=Path("var"), show_default=True, type=click.Path(path_type=Path), help="The city's folder, for --chaos.")
@click.option("--letters", type=click.Path(path_type=Path, exists=True), help="A Maildir of the server's letters, when it shows no codes.")
def main(url: str, chaos: bool, data: Path, letters: Path | None) -> None:
    """The main job against a running city, step by step."""
    console = Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160)
    report, off = Report(console), ""
    try:
        asyncio.run(tell(url.rstrip("/"), report, Chaos(data if chaos else None, url), Letters(letters) if letters else None))
    except Off as error:
        off = str(error)
    report.show()
    if off:
        console.print(f"OFF: {off}", style="bold red", markup=False)
    sys.exit(1 if off else 0)


if __name__ == "__main__":
    main()
