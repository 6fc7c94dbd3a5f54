"""The city's keys in a file of their own: read with the passphrase, worthless without."""

from pathlib import Path
from secrets import token_urlsafe

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


def test_production_backs_up_with_a_key_only() -> None:
    told = {
        "mode": "production", "secret_key": token_urlsafe(32), "nik_key": token_urlsafe(32), "STRIPE_API_KEY": "sk_live_uji",
        "STRIPE_WEBHOOK_SECRET": "whsec_uji", "stripe_api_base": "", "demo": False, "password_cost": "full",
        "base_url": "https://kota.example", "database_url": "postgresql://kota", "redis_url": "redis://kota", "smtp_url": "smtp://kota",
        "backup_url": "s3://cadangan",
    }  # fmt: skip
    with pytest.raises(ValueError, match="MARVEC_BACKUP_KEY is empty or shorter"):
        Settings.model_validate(told)
    assert Settings.model_validate(told | {"backup_key": token_urlsafe(32)}).production
