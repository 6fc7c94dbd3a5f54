"""The development secrets of one data directory: made once, kept in a file that only its owner reads (0600)."""

import json
import os
import secrets
from pathlib import Path

from common.embedded.folders import plain_words

NAMES = {"MARVEC_SECRET_KEY": "", "MARVEC_NIK_KEY": "", "STRIPE_WEBHOOK_SECRET": "whsec_"}


def development_keys(data: Path) -> dict[str, str]:
    """Environment variable to value. The same for the life of the directory: NIK that were encrypted stay readable."""
    file = data / "keys.json"
    with plain_words(file):
        if not file.exists():
            _write(file, {name: prefix + secrets.token_urlsafe(32) for name, prefix in NAMES.items()})
        found: dict[str, str] = json.loads(file.read_text())
    return found


def _write(file: Path, keys: dict[str, str]) -> None:
    """Beside, then renamed: a full disk leaves no half file behind."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(keys, out)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(file)
