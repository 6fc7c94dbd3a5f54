"""Logs: one JSON object a line in production, readable lines in development. Never a request's body, a query string or personal data."""

import logging
import sys

import structlog

from common import tracing
from common.settings import Settings


def configure(settings: Settings) -> None:
    """Set up structlog for this process. Traces show lines, never the values of variables: those are people's data."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([tracing.add_ids] if tracing.wanted(settings) else []),
    ]
    structlog.configure(
        processors=[*shared, *(_for_machines() if settings.production else _for_people())],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level)),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, query strings included


def _for_machines() -> list[structlog.types.Processor]:
    traces = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(traces), structlog.processors.JSONRenderer()]


def _for_people() -> list[structlog.types.Processor]:
    return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)]
