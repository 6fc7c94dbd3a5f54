"""The client's half of the Centrifuge protocol (JSON, version 2): commands, and what comes back line by line."""

import json
from collections.abc import Iterator
from typing import Any

PONG = "{}"


def command(number: int, kind: str, body: dict[str, Any]) -> str:
    return json.dumps({"id": number, kind: body})


def lines(frame: str | bytes) -> Iterator[dict[str, Any]]:
    """Each reply or push of a frame; an empty one is the server's ping."""
    for line in frame.splitlines():
        if line.strip():
            yield json.loads(line)
