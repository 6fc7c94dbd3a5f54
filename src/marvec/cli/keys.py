"""The development secrets of one data directory: made once, kept in a file that only its owner reads (0600)."""

import json
import secrets
from pathlib import Path

from common.embedded.folders import plain_words, write_whole

NAMES = {"MARVEC_SECRET_KEY": "", "MARVEC_NIK_KEY": "", "STRIPE_WEBHOOK_SECRET": "whsec_", "MARVEC_BACKUP_KEY": ""}


def development_keys(data: Path) -> dict[str, str]:
    """Environment variable to value. The same for the life of the directory: NIK that were encrypted stay readable."""
    file = data / "keys.json"
    with plain_words(file):
        found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if missing := {name: prefix + secrets.token_urlsafe(32) for name, prefix in NAMES.items() if name not in found}:
            found |= missing
            write_whole(file, json.dumps(found))
    return found


def keep(data: Path, keys: dict[str, str]) -> None:
    """Keys that a restored folder brings with it; others are made when it is opened."""
    write_whole(data / "keys.json", json.dumps({name: keys[name] for name in NAMES if name in keys}))
