"""What production refuses to start with; every reason is told at once, and no secret stands in it."""

import os
import secrets

import pytest
from pydantic import ValidationError

from common.settings import DEVELOPMENT_KEY, Settings

FIT = {
    "mode": "production",
    "base_url": "https://marvec.example",
    "database_url": "postgresql://marvec@db/marvec",
    "redis_url": "redis://redis/0",
    "smtp_url": "smtps://post",
    "secret_key": secrets.token_urlsafe(32),
    "nik_key": f"{secrets.token_urlsafe(32)},{secrets.token_urlsafe(32)}",
    "stripe_api_key": "sk_live_" + secrets.token_urlsafe(24),
    "stripe_webhook_secret": "whsec_" + secrets.token_urlsafe(24),
}


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("MARVEC_", "STRIPE_"))]:
        monkeypatch.delenv(name)


def test_a_city_that_is_told_everything_starts() -> None:
    assert Settings.model_validate(FIT).production


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"secret_key": ""}, "MARVEC_SECRET_KEY is empty or shorter than 32 characters"),
        ({"secret_key": "kunci kota makassar"}, "MARVEC_SECRET_KEY is empty or shorter"),
        ({"secret_key": "abcabcabc" * 8}, "MARVEC_SECRET_KEY repeats a few characters"),
        ({"nik_key": DEVELOPMENT_KEY}, "MARVEC_NIK_KEY is the development key, which is published"),
        ({"nik_key": f"{secrets.token_urlsafe(32)},{DEVELOPMENT_KEY}"}, "MARVEC_NIK_KEY is the development key"),
        ({"nik_key": FIT["secret_key"]}, "MARVEC_SECRET_KEY, MARVEC_NIK_KEY are the same"),
        ({"stripe_api_key": "sk_test_sandbox"}, "STRIPE_API_KEY is empty or the sandbox's"),
        ({"stripe_api_key": "sk_test_" + secrets.token_urlsafe(24)}, "STRIPE_API_KEY is not a live one"),
        ({"stripe_webhook_secret": "whsec_sandbox"}, "STRIPE_WEBHOOK_SECRET is empty or the sandbox's"),
        ({"stripe_webhook_secret": "whsec_" + secrets.token_urlsafe(24) + ","}, "STRIPE_WEBHOOK_SECRET is empty"),
        ({"stripe_webhook_secret": ""}, "STRIPE_WEBHOOK_SECRET is empty"),
        ({"metrics_token": "rahasia"}, "MARVEC_METRICS_TOKEN is empty or shorter"),
        ({"backup_url": "s3://cadangan"}, "MARVEC_BACKUP_KEY is empty or shorter"),
        ({"backup_url": "s3://cadangan", "backup_key": f"{secrets.token_urlsafe(32)},lama"}, "MARVEC_BACKUP_KEY is empty or shorter"),
        ({"base_url": "http://marvec.example"}, "MARVEC_BASE_URL must begin with https://"),
        ({"demo": True}, "MARVEC_DEMO cannot be set"),
        ({"staff_factor": False}, "MARVEC_STAFF_FACTOR cannot be off"),
        ({"password_cost": "low"}, "MARVEC_PASSWORD_COST cannot be low"),
    ],
)
def test_production_refuses(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(FIT | changed)
    (error,) = refused.value.errors()
    assert reason in error["msg"]
    assert not any(str(value) in error["msg"] for value in (FIT | changed).values() if len(str(value)) > 20 and value != FIT["base_url"])


def test_every_reason_is_told_at_once() -> None:
    with pytest.raises(ValidationError, match=r"SECRET_KEY.*STRIPE_API_KEY.*BASE_URL"):
        Settings.model_validate(FIT | {"secret_key": "kurang", "stripe_api_key": "", "base_url": "http://marvec.example"})


def test_a_key_of_the_providers_test_mode_is_for_its_stand_in_alone() -> None:
    stand_in = {"stripe_api_key": "sk_test_" + secrets.token_urlsafe(24), "stripe_api_base": "http://127.0.0.1:1"}
    assert Settings.model_validate(FIT | stand_in).production
