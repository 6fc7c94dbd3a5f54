"""Letters on their way: SMTP for real, once each, and nothing readable left behind."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import Message
from secrets import token_urlsafe
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from common.channels import service
from common.channels.carriers import carrier_for
from common.channels.errors import NoChannel
from common.channels.models import Carrier
from common.db import hot, unit_of_work
from common.settings import Settings, get_settings
from tests.conftest import RunJobs


class Postbox:
    def __init__(self) -> None:
        self.letters: list[tuple[list[str], Message]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        self.letters.append((envelope.rcpt_tos, message_from_bytes(bytes(envelope.original_content or b""))))
        return "250 OK"


@pytest.fixture
async def postbox(house: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Postbox]:
    """A real SMTP server on a free port; the settings point at it."""
    box = Postbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    monkeypatch.setenv("MARVEC_SMTP_URL", f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("MARVEC_DEMO", "0")
    get_settings.cache_clear()
    yield box
    server.close()
    monkeypatch.undo()
    get_settings.cache_clear()


async def send(address: str = "sitti@contoh.id", locale: str = "id") -> None:
    async with unit_of_work() as session:
        await service.send(session, channel="email", address=address, template="identity.confirm", params={"code": "123456"}, locale=locale)


async def test_a_letter_goes_by_smtp_in_its_readers_language(database: None, postbox: Postbox, run_jobs: RunJobs) -> None:
    await send()
    await send("john@example.org", "en")
    await run_jobs()
    assert [to for to, _ in postbox.letters] == [["sitti@contoh.id"], ["john@example.org"]]
    indonesian, english = (letter.get_payload(decode=True) for _, letter in postbox.letters)
    assert isinstance(indonesian, bytes) and isinstance(english, bytes)
    assert b"Kode Anda: 123456" in indonesian and b"Your code: 123456" in english
    assert postbox.letters[0][1]["From"] == "Marvec <halo@marvec.example>"


async def test_a_letter_that_was_sent_is_not_sent_again_and_its_code_is_gone(database: None, postbox: Postbox, run_jobs: RunJobs) -> None:
    await send()
    await run_jobs()
    async with hot() as connection:
        message_id: UUID = await connection.fetchval("SELECT id FROM channel_message WHERE sent_at IS NOT NULL AND sealed_params IS NULL")
    await service.deliver(message_id)
    assert len(postbox.letters) == 1


async def test_a_letter_waits_while_the_server_is_away(
    database: None, postbox: Postbox, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = get_settings().smtp_url
    monkeypatch.setenv("MARVEC_SMTP_URL", "smtp://127.0.0.1:1")
    get_settings.cache_clear()
    await send()
    await run_jobs(failing=True)
    async with hot() as connection:
        attempts, error = await connection.fetchrow("SELECT attempts, last_error FROM outbox")
    assert attempts == 1 and "123456" not in error and "sitti" not in error
    monkeypatch.setenv("MARVEC_SMTP_URL", away)
    get_settings.cache_clear()


async def test_a_message_to_nowhere_is_done_without_a_reader(database: None, postbox: Postbox, run_jobs: RunJobs) -> None:
    async with unit_of_work() as session:
        await service.send(session, channel="nowhere", address="sanro@contoh.id", template="identity.reset", params={"code": "123456"})
    await run_jobs()
    assert postbox.letters == []
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM channel_message WHERE sent_at IS NOT NULL") == 1


def test_in_production_a_phone_has_no_carrier_yet() -> None:
    kinds = {
        "mode": "production",
        "base_url": "https://marvec.example",
        "smtp_url": "smtps://post.example",
        "demo": False,
        "password_cost": "full",
    }
    keys = {
        "secret_key": token_urlsafe(32),
        "nik_key": token_urlsafe(32),
        "stripe_api_key": "sk_live_uji",
        "stripe_webhook_secret": "whsec_uji",
    }
    more = {"database_url": "postgresql://x", "redis_url": "redis://x", "stripe_api_base": ""}
    settings = Settings.model_validate(kinds | keys | more)
    with pytest.raises(NoChannel):
        carrier_for(Carrier.PHONE, settings)
    assert type(carrier_for(Carrier.EMAIL, settings)).__name__ == "Smtp"
