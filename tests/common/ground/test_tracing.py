"""Traces: nothing of them is there unless they are wanted, and a span never says what a person wrote."""

import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from common import outbox, tracing
from common.db import hot, unit_of_work
from common.faults import Unstorable
from common.payments.errors import ProviderAway
from common.payments.stripe_adapter import StripeAdapter
from common.settings import Settings, get_settings
from tests.collector import Collector, collecting
from tests.common.embedded.make import environment

SECRET = "7371010101900001"
OFF = """
import sys
from marvec import worker
from marvec.app import create_app
from common.web.middleware import Ground
assert type(create_app().asgi_handler) is Ground
ours = ("common.spans", "opentelemetry.sdk", "opentelemetry.trace", "opentelemetry.context", "opentelemetry.exporter")
print([name for name in sys.modules if name.startswith(ours)])  # Litestar reads names of attributes where the packages are there
"""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        yield collector


def test_off_nothing_is_imported_and_nothing_is_wrapped() -> None:
    done = subprocess.run([sys.executable, "-c", OFF], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.strip() == "[]"
    assert tracing.carried() == {} and tracing.job("a", uuid4(), 0, None) is tracing.NOTHING


def test_wanted_without_their_packages_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.settings.find_spec", lambda _name: None)
    with pytest.raises(ValidationError, match=r"pip install 'marvec\[otel\]'"):
        Settings.model_validate({"otlp_endpoint": "http://127.0.0.1:4318"})


async def test_calls_and_statements_are_told_without_what_is_in_them(database: None, collector: Collector) -> None:
    settings = Settings.model_validate(get_settings().model_dump() | {"otlp_endpoint": collector.address})
    tracing.start(settings, "marvec-test")
    try:
        await pay_and_ask(settings)
    finally:
        await tracing.stop()
    spans = [span for _, span in collector.spans()]
    job = next(span for span in spans if span.name == "job test.pays")
    children = [span for span in spans if span.parent_span_id == job.span_id]
    told = {(span.name, word) for span in children for word in (one.value.string_value for one in span.attributes)}
    assert {("stripe account_state", "stripe"), ("SELECT", "SELECT CAST($1 AS integer)"), ("SELECT", "SELECT ?, ?, $1::text")} <= told
    assert ("SELECT", "DataError") in told
    assert any(span.name == "stripe account_state" and span.status.code == span.status.STATUS_CODE_ERROR for span in children)
    assert not collector.knows(SECRET)


async def pay_and_ask(settings: Settings) -> None:
    stripe = tracing.calls_of(StripeAdapter(settings), StripeAdapter.name)
    with tracing.job("test.pays", uuid4(), 0, None):
        with pytest.raises(ProviderAway):
            await stripe.account_state(f"acct_{SECRET}")
        with pytest.raises(Unstorable):
            async with unit_of_work() as session:
                await session.execute(text("SELECT CAST(:number AS integer)"), {"number": f"x{SECRET}"})
        async with hot() as connection:
            tracing.watch(connection)  # the pool of these tests was opened before
            await connection.fetchval(f"SELECT '{SECRET}', {SECRET}, $1::text", SECRET)
    with tracing.job("test.enqueues", uuid4(), 0, None):
        async with unit_of_work() as session:
            await outbox.enqueue(session, "test.later", key=None, number=1)
    async with unit_of_work() as session:
        args = (await session.execute(text("SELECT args FROM outbox"))).scalar_one()
    assert args["number"] == 1 and len(args[tracing.CARRIED].split("-")) == 4
    await stripe.close()
