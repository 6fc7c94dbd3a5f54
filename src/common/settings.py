"""The only reader of the environment. Everything that can differ between two machines stands here, and in the README's table."""

import os
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_KEY = "development-only-key-of-no-value-at-all-0000"
KEYS = ("secret_key", "nik_key")
SECRETS = (*KEYS, "stripe_api_key", "stripe_webhook_secret")
KEY_LENGTH, KEY_VARIETY = 32, 12  # characters, different characters


class Settings(BaseSettings):
    """One frozen record. Variables are `MARVEC_<NAME>`, except Stripe's own two, which keep the names its users know."""

    model_config = SettingsConfigDict(env_prefix="MARVEC_", frozen=True, populate_by_name=True, extra="ignore")

    mode: Literal["development", "production"] = "development"
    base_url: str = Field("http://127.0.0.1:8000", description="the address people see; links, cookies and QR codes are made of it")
    database_url: str = Field("postgresql://marvec@127.0.0.1:5432/marvec", description="PostgreSQL 15 or newer")
    database_owner_url: str = Field("", description="the same database for the role that owns its tables; empty: the application's own")
    database_pool: int = Field(10, ge=2, description="connections a process keeps, for each of its two doors")
    database_pooler: Literal["none", "transaction"] = Field(
        "none", description="transaction: a pooler before PostgreSQL keeps no statements"
    )
    redis_url: str = Field("redis://127.0.0.1:6379/0", description="Redis or Valkey: the queue's carrier and the wake-ups")
    data_dir: Path = Field(Path("var"), description="where the embedded servers and local files live")

    secret_key: SecretStr = Field(SecretStr(DEVELOPMENT_KEY), description="signs connection tokens, codes and form tokens")
    nik_key: SecretStr = Field(SecretStr(DEVELOPMENT_KEY), description="encrypts NIK at rest and keys its hash")
    stripe_api_key: SecretStr = Field(SecretStr("sk_test_sandbox"), validation_alias="STRIPE_API_KEY")
    stripe_webhook_secret: SecretStr = Field(SecretStr("whsec_sandbox"), validation_alias="STRIPE_WEBHOOK_SECRET")
    stripe_api_base: str = Field("", description="another address that speaks Stripe's HTTP (the sandbox); empty: Stripe itself")
    stripe_publishable_key: str = Field("pk_test_sandbox", description="what the browser shows to the payment form")

    files_url: str = Field("", description="s3://bucket/prefix, or empty: a folder below data_dir")
    files_endpoint_url: str = Field("", description="an S3-compatible server's address; empty: AWS")
    backup_url: str = Field("", description="where backups are kept: a folder on another disk, or s3://bucket/prefix; empty: none are made")
    backup_endpoint_url: str = Field("", description="an S3-compatible server's address; empty: AWS")
    backup_key: SecretStr = Field(SecretStr(""), description="seals the backups; keep it elsewhere, too: without it they read nothing")
    backup_database_url: str = Field(
        "", description="the server itself, for a role with REPLICATION and pg_read_all_stats; empty: database_url"
    )
    backup_seconds: float = Field(10.0, gt=0, description="seconds between two rounds: what a city that burns down may lose")
    backup_hours: int = Field(24, ge=1, description="hours between two copies of the whole database")
    backup_days: int = Field(14, ge=0, description="days back that can be restored; what is older is pruned. 0: nothing ever is")
    smtp_url: str = Field("", description="smtp[s]://user:password@host:port; empty: codes are printed and shown in the app")
    mail_from: str = "Marvec <halo@marvec.example>"
    upload_limit: int = Field(10 * 1024 * 1024, description="bytes of one upload")
    trusted_proxies: str = Field("", description="networks of proxies whose X-Forwarded-For counts, comma-separated; empty: nobody's")
    decoders: int = Field(max(1, (os.cpu_count() or 1) // 2), ge=1, description="files that one process has decoded at once")
    scanner_url: str = Field("", description="a virus scanner that speaks clamd's protocol: unix:///path or tcp://host:port; empty: none")
    worker_jobs: int = Field(50, ge=1, description="jobs that one worker runs at once")
    pace: float = Field(1.0, gt=0, description="how many times the usual pace of sockets, messages and signals a person may keep")
    metrics_token: SecretStr = Field(SecretStr(""), description="bearer token for /metrics from another machine; empty: loopback only")
    otlp_endpoint: str = Field(
        "", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="a collector of traces (OTLP over HTTP); empty: nothing is traced"
    )
    password_cost: Literal["full", "low"] = Field("full", description="low: cheap password hashes for tests; impossible in production")
    staff_factor: bool | None = Field(
        None, description="roles count only with a second factor (passkey or authenticator); empty: in production, where it cannot be off"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    demo: bool = Field(False, description="demo accounts and codes are shown; impossible in production")
    demo_history: bool = Field(True, description="the demo city gets its three months of history; without: its first shops alone")

    @field_validator("trusted_proxies")
    @classmethod
    def are_networks(cls, listed: str) -> str:
        for part in listed.split(","):
            if part.strip():
                ip_network(part.strip())
        return listed

    @model_validator(mode="after")
    def production_is_safe(self) -> "Settings":
        if self.production and (wrong := list(_wrong_in_production(self))):
            raise ValueError("; ".join(wrong))
        return self

    @model_validator(mode="after")
    def traces_have_their_packages(self) -> "Settings":
        if self.otlp_endpoint and find_spec("opentelemetry") is None:
            raise ValueError("OTEL_EXPORTER_OTLP_ENDPOINT is set, but its packages are missing: pip install 'marvec[otel]'")
        return self

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def staff_needs_factor(self) -> bool:
        return self.production if self.staff_factor is None else self.staff_factor

    @property
    def owner_url(self) -> str:
        """For migrations and maintenance, never for web and worker processes."""
        return self.database_owner_url or self.database_url


def _wrong_in_production(told: Settings) -> Iterator[str]:
    """What would open a door or lose somebody's money, without any secret in the words."""
    wanted = (*SECRETS, "base_url", "database_url", "redis_url", "smtp_url")
    if missing := [_variable(name) for name in wanted if name not in told.model_fields_set]:
        yield f"production needs: {', '.join(missing)}"
        return
    values = {name: getattr(told, name).get_secret_value() for name in SECRETS}
    for name in KEYS:
        if why := next(filter(None, map(_weakness, values[name].split(","))), ""):
            yield f"{_variable(name)} {why}"
    for name in ("stripe_api_key", "stripe_webhook_secret"):
        if {"", Settings.model_fields[name].default.get_secret_value()} & set(values[name].split(",")):
            yield f"{_variable(name)} is empty or the sandbox's, which is published"
    if repeated := [_variable(name) for name in SECRETS if list(values.values()).count(values[name]) > 1]:
        yield f"{', '.join(repeated)} are the same: each opens one door"
    if not told.stripe_api_base and not values["stripe_api_key"].startswith(("sk_live_", "rk_live_")):
        yield "STRIPE_API_KEY is not a live one: no money would move"
    if (token := told.metrics_token.get_secret_value()) and (why := _weakness(token)):
        yield f"MARVEC_METRICS_TOKEN {why}"
    backup_keys = told.backup_key.get_secret_value().split(",") if told.backup_url else []
    if why := next(filter(None, map(_weakness, backup_keys)), ""):
        yield f"MARVEC_BACKUP_KEY {why}"
    if not told.base_url.startswith("https://"):
        yield "MARVEC_BASE_URL must begin with https://"
    yield from _only_elsewhere(told)


def _only_elsewhere(told: Settings) -> Iterator[str]:
    if told.demo:
        yield "MARVEC_DEMO cannot be set in production"
    if told.staff_factor is False:
        yield "MARVEC_STAFF_FACTOR cannot be off in production"
    if told.password_cost == "low":  # noqa: S105  no password
        yield "MARVEC_PASSWORD_COST cannot be low in production"


def _variable(name: str) -> str:
    return name.upper() if name.startswith("stripe") else f"MARVEC_{name.upper()}"


def _weakness(key: str) -> str:
    if key == DEVELOPMENT_KEY:
        return "is the development key, which is published"
    if len(key) < KEY_LENGTH:
        return f"is empty or shorter than {KEY_LENGTH} characters"
    return "repeats a few characters" if len(set(key)) < KEY_VARIETY else ""


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
