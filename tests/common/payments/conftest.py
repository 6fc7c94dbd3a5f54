"""The Stripe sandbox as a program of its own, emptied for each test; the app's settings point at it."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from common import events
from common.events import (
    EvidenceDue,
    EvidenceSubmitted,
    PaymentClosed,
    PaymentDisputed,
    PaymentReassigned,
    PaymentSucceeded,
    SellerAccountChanged,
)
from common.payments.provider import close_provider
from common.settings import get_settings

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def running(data: Path, *words: str) -> Iterator[str]:
    """A sandbox over a folder, for as long as the block lasts; its address."""
    command = [sys.executable, "-m", "common.embedded.sandbox", "--data", str(data), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="session")
def sandbox_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@dataclass
class Sandbox:
    """A person and a bank, in tests."""

    address: str
    http: httpx.AsyncClient

    async def pay(self, ref: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/sandbox/pay/{ref}", json={"method": "card"} | body)

    async def do(self, deed: str, ref: str = "", **body: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/sandbox/{deed}/{ref}".rstrip("/"), json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def call(self, method: str, path: str, account: str = "", **form: str) -> dict[str, Any]:
        """Stripe's own API, as somebody else who has the key."""
        headers = {"authorization": "Bearer sk_test_sandbox"} | ({"stripe-account": account} if account else {})
        answer = await self.http.request(method, f"/v1/{path}", data=form or None, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def events(self, *accounts: str) -> list[dict[str, Any]]:
        """Everything that happened so far, oldest first, of the platform and of these connected accounts."""
        found: list[dict[str, Any]] = []
        for account in ("", *accounts):
            found += (await self.call("GET", "events?limit=100", account))["data"][::-1]
        return found


UNHEARD = (PaymentSucceeded, PaymentClosed, PaymentDisputed, PaymentReassigned, EvidenceSubmitted, EvidenceDue, SellerAccountChanged)


@asynccontextmanager
async def paying_at(address: str, *, heard: bool = False) -> AsyncIterator[Sandbox]:
    """The app's settings point at a sandbox. Facts about payments are heard by nobody where their purposes are nobody's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARVEC_STRIPE_API_BASE", address)
        get_settings.cache_clear()
        for fact in UNHEARD if not heard else ():
            patch.setitem(events.HEARERS, fact, [])
        async with httpx.AsyncClient(base_url=address, timeout=20) as http:
            yield Sandbox(address, http)
        await close_provider()
    get_settings.cache_clear()


@pytest.fixture
async def sandbox(sandbox_address: str, database: None) -> AsyncIterator[Sandbox]:
    async with paying_at(sandbox_address) as one:
        await one.do("reset", onboarded=True)  # sellers are ready, but in tests of how they become so
        yield one
