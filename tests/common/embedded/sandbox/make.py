"""A real sandbox in a process of its own, the official client on it, and a small real server that receives its webhooks."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import stripe

SECRET = "whsec_test"
RP_50_000 = 5_000_000
SOURCES = Path(__file__).resolve().parents[4] / "src"


@dataclass
class Sandbox:
    """A running sandbox. `client` is the official library, unchanged."""

    url: str
    process: subprocess.Popen[str]
    client: stripe.StripeClient
    http: httpx.AsyncClient

    @property
    def v1(self) -> Any:
        return self.client.v1

    async def door(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/sandbox/{path}", json=body)

    async def misbehave(self, **plan: float) -> None:
        assert (await self.door("misbehave", **plan)).status_code == 200


def start(data: Path, *words: str) -> tuple[str, subprocess.Popen[str]]:
    """The address and the process of a sandbox of its own, on a free port."""
    command = [sys.executable, "-m", "common.embedded.sandbox", "--port", "0", "--data", str(data), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(SOURCES)})
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
    return line.removeprefix("listening on ").strip(), process


@contextlib.asynccontextmanager
async def running(data: Path, *words: str) -> AsyncIterator[Sandbox]:
    """Start one on a free port; it is stopped by SIGTERM and must end with 0, unless the test has killed it."""
    url, process = await asyncio.to_thread(start, data, *words)
    try:
        async with visiting(url, process) as sandbox:
            yield sandbox
    finally:
        if process.poll() is None:
            process.terminate()
            assert await asyncio.to_thread(process.wait, 30) == 0


@contextlib.asynccontextmanager
async def visiting(url: str, process: subprocess.Popen[str]) -> AsyncIterator[Sandbox]:
    """The official client, and a plain one, on a sandbox that runs already."""
    library = stripe.HTTPXClient(timeout=10, verify_ssl_certs=False)
    client = stripe.StripeClient("sk_test_sandbox", http_client=library, base_addresses={"api": url}, max_network_retries=0)
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False) as http:
        yield Sandbox(url, process, client, http)
    await library.close_async()  # type: ignore[no-untyped-call]  # the library leaves it untyped


async def kill(sandbox: Sandbox) -> None:
    sandbox.process.kill()
    await asyncio.to_thread(sandbox.process.wait)


@dataclass
class Receiver:
    """Takes webhooks, checks each signature with the official library, and answers `status`."""

    url: str = ""
    status: int = 200
    secret: str = SECRET
    events: list[stripe.Event] = field(default_factory=list)
    refused: int = 0

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def times(self) -> Counter[str]:
        """How often each event came."""
        return Counter(event.id for event in self.events)

    async def until(self, done: Callable[["Receiver"], bool], seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not done(self):
                await asyncio.sleep(0.01)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self._keep(body, headers["stripe-signature"])
                writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        writer.close()

    def _keep(self, body: bytes, signature: str) -> None:
        event = stripe.Webhook.construct_event(body, signature, self.secret)
        if self.status == 200:
            self.events.append(event)
        else:
            self.refused += 1


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/stripe"
    try:
        yield receiver
    finally:
        server.close()


async def paid(sandbox: Sandbox, amount: int = RP_50_000, **more: Any) -> Any:
    """A payment intent that succeeded by card."""
    params = {"amount": amount, "currency": "idr", "confirm": True, "payment_method": "pm_card_visa", **more}
    return await sandbox.v1.payment_intents.create_async(params)


async def newcomer(sandbox: Sandbox) -> str:
    """An account whose owner has told nothing yet."""
    account = await sandbox.v1.accounts.create_async(
        {"type": "express", "country": "ID", "capabilities": {"transfers": {"requested": True}}}
    )
    return str(account.id)


async def seller(sandbox: Sandbox) -> str:
    """An account that is ready."""
    account = await newcomer(sandbox)
    assert (await sandbox.door(f"onboard/{account}")).status_code == 200
    return account


async def balance(sandbox: Sandbox, account: str | None = None) -> int:
    options = {"stripe_account": account} if account else {}
    found = await sandbox.v1.balance.retrieve_async(options=options)
    return sum(item.amount for item in found.available)


def code_of(error: Any) -> tuple[int, str | None]:
    """Status and code of a StripeError."""
    return error.http_status, error.code
