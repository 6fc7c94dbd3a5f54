"""The city's keys in a file of their own: read with the passphrase, worthless without."""

from pathlib import Path

import pytest

from common.backup import keys
from common.backup.errors import BackupError
from common.settings import Settings

KEYS = {"MARVEC_BACKUP_KEY": "kunci-cadangan", "MARVEC_NIK_KEY": "kunci-nik"}


def test_keys_are_read_with_the_passphrase_alone(tmp_path: Path) -> None:
    file = tmp_path / "kunci"
    keys.write(file, KEYS, "losari senja hari")
    assert keys.read(file, "losari senja hari") == KEYS
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"kunci" not in bytes.fromhex(file.read_text())
    with pytest.raises(BackupError, match="does not open"):
        keys.read(file, "losari senja hati")
    file.write_text(file.read_text()[:-2])
    with pytest.raises(BackupError, match="does not open"):
        keys.read(file, "losari senja hari")
    file.write_text("bukan kunci")
    with pytest.raises(BackupError, match="is no file of keys"):
        keys.read(file, "losari senja hari")


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="12 characters or more"):
        keys.write(tmp_path / "kunci", KEYS, "losari")
    assert not (tmp_path / "kunci").exists()


def test_every_secret_that_seals_data_is_among_them() -> None:
    assert {"MARVEC_BACKUP_KEY", "MARVEC_SECRET_KEY", "MARVEC_NIK_KEY"} <= set(keys.of_settings(Settings(backup_key="k")))
