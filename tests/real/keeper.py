"""What systemd does on a real machine: `marvec worker` and two `marvec web`, each started again when it falls."""

import os
import sys
from pathlib import Path

from common.embedded.programs import Output, Program
from common.embedded.supervisor import Interrupted, Supervisor, interruptible
from marvec.cli.narrator import TerminalNarrator


def main(record: str, address: str, *ports: str) -> None:
    output = Output()
    keeper = Supervisor(Path(record), TerminalNarrator(output.outlet), {"address": address}, output)
    marvec = [sys.executable, "-m", "marvec.cli"]
    webs = [Program(name, output, [*marvec, "web", "--port", port], os.environ) for name, port in zip(("web", "web-2"), ports, strict=True)]
    with interruptible():
        try:
            keeper.launch(Program("worker", output, [*marvec, "worker"], os.environ))
            keeper.launch(*webs)
            keeper.watch()
        except Interrupted:
            keeper.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
