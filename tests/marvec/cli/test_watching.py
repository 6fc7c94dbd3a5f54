"""What operators see of a city of several processes: one page of figures for all of them, and traces without anybody's data."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import websockets
from prometheus_client.parser import text_string_to_metric_families

from tests.collector import Collector, collecting
from tests.common.operations.rules import FROM_PROMETHEUS, asked_of, grouped_by, questions
from tests.marvec.cli.make import RunningCity, running_city

NIK, ADDRESS, PASSWORD = "7371010101900001", "andi.rahasia@contoh.example", "kata sandi yang sangat rahasia"
SEARCHED, NAME, CLICKED = "obat-yang-memalukan", "Andi Mappanyukki", 20
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[RunningCity]:
    data = tmp_path_factory.mktemp("watched") / "var"
    with running_city(
        data, processes=2, OTEL_EXPORTER_OTLP_ENDPOINT=collector.address, MARVEC_PASSWORD_COST="low", MARVEC_DEMO="1"
    ) as running:
        yield running


def ask(city: RunningCity, method: str, path: str, **more: object) -> httpx.Response:
    """On a connection of its own: whichever process is first takes it."""
    return httpx.request(method, f"http://127.0.0.1:{city.port}{path}", timeout=30, **more)  # type: ignore[arg-type]  # keywords of httpx


def figures(city: RunningCity) -> Samples:
    families = text_string_to_metric_families(ask(city, "GET", "/metrics").text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def figure(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


def wait_until(holds: Callable[[], object], what: str) -> None:
    end_at = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end_at, what
        time.sleep(0.2)


def test_whoever_is_asked_speaks_for_all_processes(city: RunningCity) -> None:
    def pages() -> float | None:
        return figure(figures(city), "marvec_http_requests_total", method="GET", route="/pasar", status="200")

    for _ in range(CLICKED):
        assert ask(city, "GET", "/pasar").status_code == 200
    assert [pages() for _ in range(8)] == [CLICKED] * 8
    found = figures(city)
    assert [figure(found, "marvec_processes", kind=kind) for kind in ("web", "worker")] == [2, 1]
    assert (figure(found, "marvec_timer_runs_total", timer="outbox.sweep", outcome="done") or 0) >= 1


def test_who_falls_is_missed_and_what_it_counted_is_not(city: RunningCity) -> None:
    before = figure(figures(city), "marvec_http_requests_total", method="GET", route="/pasar", status="200") or 0
    files = sorted(path.name for path in (city.data / "metrics").iterdir())
    worker, web = (city.record["processes"][name] for name in ("worker", "web-2"))
    os.kill(worker, signal.SIGSTOP)  # hangs: alive, and silent
    silent = {figure(figures(city), "marvec_process_beat_timestamp_seconds", kind="worker")}
    time.sleep(6)
    silent.add(figure(figures(city), "marvec_process_beat_timestamp_seconds", kind="worker"))
    assert len(silent) == 1
    for pid in (worker, web):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: city.record["processes"]["web-2"] != web and city.record["processes"]["worker"] != worker, "both are back")
    wait_until(lambda: [figure(figures(city), "marvec_processes", kind=kind) for kind in ("web", "worker")] == [2, 1], "both are seen")
    assert figure(figures(city), "marvec_http_requests_total", method="GET", route="/pasar", status="200") == before
    assert sorted(path.name for path in (city.data / "metrics").iterdir()) == files  # the new ones write where the old ones did


async def test_each_metric_and_label_that_operators_ask_for_is_told(city: RunningCity) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{city.port}/connection/websocket") as socket:
        await socket.send("no command")
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    sign_up(city)
    await asyncio.to_thread(wait_until, lambda: any(name == "marvec_job_seconds_count" for name, _ in figures(city)), "a job has run")
    told: dict[str, dict[str, set[str]]] = {}
    for name, labels in figures(city):
        for label, value in labels:
            told.setdefault(name, {}).setdefault(label, set()).add(value)
        told.setdefault(name, {})
    for question in questions():
        asked = asked_of(question)
        for name, chosen in asked:
            assert name in told, f"{name} is not told: {question}"
            for label, value in chosen.items():
                known = told[name].get(label, set())
                assert label in FROM_PROMETHEUS or (known if not value else value in known), f"{name} has no {label}={value}: {question}"
        grouping = grouped_by(question) - FROM_PROMETHEUS - {"alertname"}
        assert all(grouping <= set(told[name]) or "up{" in question for name, _ in asked), question
    assert not {"job", "instance"} & {label for labels in told.values() for label in labels}, "Prometheus would rename them"
    series = [labels for _, labels in figures(city)]
    assert not [value for labels in series for _, value in labels if NIK in value or re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", value)]


def sign_up(city: RunningCity) -> None:
    """What a person tells us, in every place where it can stand."""
    person = {"address": ADDRESS, "name": NAME, "password": PASSWORD, "consent": True}
    new = ask(city, "POST", "/api/v1/people", json=person)
    assert new.status_code == 201
    wanted = {"address": ADDRESS, "password": PASSWORD, "token": True, "confirmation": new.json()["confirmation"]["code"]}
    entered = ask(city, "POST", "/api/v1/sessions", json=wanted)
    entered.raise_for_status()
    TOKENS.append(entered.json()["token"] or entered.cookies["marvec_session"])
    bearer = {"Authorization": f"Bearer {TOKENS[-1]}"}
    ask(city, "PUT", "/api/v1/people/me/nik", json={"nik": NIK}, headers=bearer)
    ask(city, "GET", f"/cari?q={SEARCHED}&nik={NIK}", headers=bearer)
    ask(city, "GET", f"/tidak-ada/{NIK}?alamat={ADDRESS}", headers={"traceparent": f"00-{'5' * 32}-{'5' * 16}-01"})


TOKENS: list[str] = []


def test_a_trace_leads_from_the_request_to_the_job_and_holds_nobodys_data(city: RunningCity, collector: Collector) -> None:
    """The last test of this file: the city is stopped, and so nothing is still on its way."""
    said = city.stop()
    spans = collector.spans()
    names = {span.name for _, span in spans}
    assert {"POST /api/v1/people", "job channels.deliver", "SELECT", "INSERT"} <= names
    assert "GET (none)" in names and not {"GET /metrics", "GET /healthz"} & names
    job = next(span for service, span in spans if span.name == "job channels.deliver" and service == "marvec-worker")
    request = next(span for service, span in spans if span.span_id == job.parent_span_id and service == "marvec-web")
    assert (request.name, request.parent_span_id, request.trace_id) == ("POST /api/v1/people", b"", job.trace_id)
    of_request = {span.name for _, span in spans if span.parent_span_id == request.span_id}
    of_job = {span.name for _, span in spans if span.parent_span_id == job.span_id}
    assert "INSERT" in of_request and of_job & {"SELECT", "UPDATE"}
    attributes = {one.key: one.value for one in request.attributes}
    assert attributes["http.route"].string_value == "/api/v1/people" and attributes["http.response.status_code"].int_value == 201
    assert f"request_id={attributes['marvec.request_id'].string_value}" in said and f"trace_id={request.trace_id.hex()}" in said
    assert not [span for _, span in spans if span.trace_id == b"\x55" * 16], "a stranger decided what is traced"
    for secret in (NIK, ADDRESS, PASSWORD, SEARCHED, NAME, TOKENS[0], "alamat=", "127.0.0.1:"):
        assert not collector.knows(secret), secret
