"""The city's keys, in a file of their own behind a passphrase: what a backup needs to be read, and never lies beside it.

scrypt (RFC 7914) makes the key of the passphrase; AES-256-GCM seals what is kept.
"""

import json
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from common.backup.errors import BackupError
from common.embedded.folders import plain_words, write_whole
from common.settings import Settings

MAGIC = b"MVK1"
SHORTEST = 12  # characters of a passphrase
SALT, NONCE = 16, 12
COST = 2**15  # 32 MB and a twentieth of a second


def of_settings(settings: Settings) -> dict[str, str]:
    """Variable to value, of all secrets without which the restored city could not read its own data."""
    found = {
        "MARVEC_BACKUP_KEY": settings.backup_key, "MARVEC_SECRET_KEY": settings.secret_key, "MARVEC_NIK_KEY": settings.nik_key,
        "STRIPE_API_KEY": settings.stripe_api_key, "STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret,
    }  # fmt: skip
    return {name: value.get_secret_value() for name, value in found.items() if value.get_secret_value()}


def write(file: Path, keys: dict[str, str], passphrase: str) -> None:
    """Raises BackupError for a passphrase that is too short; a file that is there is replaced whole."""
    if len(passphrase) < SHORTEST:
        raise BackupError(f"the passphrase needs {SHORTEST} characters or more")
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(keys).encode(), MAGIC)
    write_whole(file, (MAGIC + salt + nonce + sealed).hex())


def read(file: Path, passphrase: str) -> dict[str, str]:
    """Raises BackupError."""
    with plain_words(file):
        text = file.read_text(errors="replace").strip()
    try:
        kept = bytes.fromhex(text)
    except ValueError:
        kept = b""
    if not kept.startswith(MAGIC):
        raise BackupError(f"{file} is no file of keys")
    salt, nonce = kept[len(MAGIC) : len(MAGIC) + SALT], kept[len(MAGIC) + SALT : len(MAGIC) + SALT + NONCE]
    try:
        found: dict[str, str] = json.loads(AESGCM(_key(passphrase, salt)).decrypt(nonce, kept[len(MAGIC) + SALT + NONCE :], MAGIC))
    except InvalidTag as error:
        raise BackupError(f"{file} does not open: the passphrase is another one, or the file is damaged") from error
    return found


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())
