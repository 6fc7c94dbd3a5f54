"""How `marvec doctor`, `seed` or `audit verify` find the city that `marvec run` has started: a file beside the data, for its owner only."""

import json
import os
from pathlib import Path

from common.embedded.folders import write_whole


def leave(data: Path, told: dict[str, str]) -> None:
    """Write what the children were told and the terminal does not know (0600: addresses with passwords, keys)."""
    ours = {name: value for name, value in told.items() if os.environ.get(name) != value}
    write_whole(data / "environment.json", json.dumps(ours, indent=2))


def attach() -> None:
    """Take over what a running city left in MARVEC_DATA_DIR (or `var`), unless a database was named. What is set already wins."""
    file = Path(os.environ.get("MARVEC_DATA_DIR", "var")) / "environment.json"
    if "MARVEC_DATABASE_URL" not in os.environ and os.access(file, os.R_OK):
        os.environ.update(json.loads(file.read_text()) | dict(os.environ))


def forget(data: Path) -> None:
    (data / "environment.json").unlink(missing_ok=True)
