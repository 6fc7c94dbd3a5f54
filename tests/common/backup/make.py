"""Small builders for backups: a vault in a folder, labels without a database, a server whose WAL is streamed."""

import io
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from common.backup.catalog import Base, Vault
from common.backup.targets import FolderTarget
from common.embedded.postgres import Postgres
from common.settings import Settings, get_settings

KEY = "kunci-cadangan-untuk-uji-coba-saja"
SEGMENT = 16 << 20


def vault(folder: Path, key: str = KEY) -> Vault:
    return Vault(FolderTarget(folder), key)


def settings_of(postgres: Postgres, folder: Path) -> Settings:
    """Of a backup process beside that server; its own rows are in the house's database."""
    told = {"backup_url": str(folder / "cadangan"), "backup_key": SecretStr(KEY), "backup_database_url": postgres.superuser_url}
    return get_settings().model_copy(update={**told, "data_dir": folder})


def labelled(vault: Vault, identity: str, at: datetime, *, series: str = "a", begins: int = 0, files: tuple[str, ...] = ()) -> Base:
    """A base with its data, files and label."""
    base = Base(identity, series, at, at, begins, begins + 100, SEGMENT, 18, "marvec", False, 4, 4, len(files))
    vault.put(f"bases/{identity}/data", io.BytesIO(b"data"))
    vault.write(f"bases/{identity}/files", files)
    for key in files:
        vault.put(f"files/{key}", io.BytesIO(b"isi"))
    vault.write_label(base)
    return base


def segment(number: int) -> str:
    return f"00000001{0:08X}{number:08X}"


def keep(vault: Vault, *names: str) -> None:
    for name in names:
        vault.put(name, io.BytesIO(b"isi"))


def names(vault: Vault, prefix: str = "") -> set[str]:
    return {name for name, _size in vault.target.names(prefix)}
