"""The development secrets of one data directory: made once, kept in a file that only its owner reads (0600)."""

import json
import secrets
from pathlib import Path

from common.embedded.folders import plain_words, write_whole

NAMES = {"MARVEC_SECRET_KEY": "", "MARVEC_NIK_KEY": "", "STRIPE_WEBHOOK_SECRET": "whsec_"}


def development_keys(data: Path) -> dict[str, str]:
    """Environment variable to value. The same for the life of the directory: NIK that were encrypted stay readable."""
    file = data / "keys.json"
    with plain_words(file):
        if not file.exists():
            write_whole(file, json.dumps({name: prefix + secrets.token_urlsafe(32) for name, prefix in NAMES.items()}))
        found: dict[str, str] = json.loads(file.read_text())
    return found
