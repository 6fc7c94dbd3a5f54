"""The port towards the outside, and its implementations."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from common.channels.errors import NoChannel
from common.channels.models import Carrier
from common.settings import Settings

log = structlog.get_logger(__name__)


class Channel(Protocol):
    """Carries one message to one address, or raises. May be called again with the same message: a letter twice is better than none."""

    async def send(self, address: str, subject: str, text: str, *, message_id: str) -> None: ...


class Console:
    """Development: prints to the terminal, not to the log, and only outside production."""

    async def send(self, address: str, subject: str, text: str, *, message_id: str) -> None:
        print(f"\n--- {address}: {subject}\n{text}\n---", flush=True)  # noqa: T201  printing is what this channel does


class InApp:
    """Demo: the message waits at `/dev/pesan`; nothing leaves the house."""

    async def send(self, address: str, subject: str, text: str, *, message_id: str) -> None:
        log.info("message_in_app", message=message_id)


class Smtp:
    """E-mail. `url`: `smtp[s]://user:password@host:port`; smtp upgrades by STARTTLS where the server offers it."""

    def __init__(self, url: str, sender: str) -> None:
        self.url = urlsplit(url)
        self.sender = sender

    async def send(self, address: str, subject: str, text: str, *, message_id: str) -> None:
        await aiosmtplib.send(
            self._letter(address, subject, text, message_id),
            hostname=self.url.hostname,
            port=self.url.port,
            username=unquote(self.url.username) if self.url.username else None,
            password=unquote(self.url.password) if self.url.password else None,
            use_tls=self.url.scheme == "smtps",
            timeout=20,
        )

    def _letter(self, address: str, subject: str, text: str, message_id: str) -> EmailMessage:
        name, sender = parseaddr(self.sender)
        letter = EmailMessage()
        letter["From"] = Address(display_name=name, addr_spec=sender)
        letter["To"] = address
        letter["Subject"] = subject
        letter["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"  # the same at a second try: readers show it once
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        return letter


def carrier_for(channel: Carrier, settings: Settings) -> Channel:
    """Who carries messages of this kind here. Raises `NoChannel`: in production a phone needs an SMS gateway, and there is none yet."""
    if channel is Carrier.EMAIL and settings.smtp_url:
        return Smtp(settings.smtp_url, settings.mail_from)
    if settings.production:
        raise NoChannel
    return InApp() if settings.demo else Console()
