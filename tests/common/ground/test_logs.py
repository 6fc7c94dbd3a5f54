"""A log line is for machines in production, and never holds what a variable held."""

import json
from collections.abc import Iterator

import pytest
import structlog

from common import logs
from common.settings import Settings


@pytest.fixture
def production() -> Iterator[None]:
    before = structlog.get_config()
    logs.configure(Settings.model_construct(**{**Settings().model_dump(), "mode": "production"}))
    yield
    structlog.configure(**before)


def test_a_trace_has_its_lines_and_no_values(production: None, capsys: pytest.CaptureFixture[str]) -> None:
    nik = "7371010101900001"
    try:
        raise RuntimeError("rusak")
    except RuntimeError as error:
        structlog.get_logger().error("unhandled", exc_info=error)
    printed = capsys.readouterr().out
    line = json.loads(printed)
    assert (line["event"], line["level"], line["exception"][0]["exc_type"]) == ("unhandled", "error", "RuntimeError")
    assert line["exception"][0]["frames"][-1]["name"] == "test_a_trace_has_its_lines_and_no_values"
    assert nik not in printed
