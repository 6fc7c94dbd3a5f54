"""What a pool and its decoders say to each other, and what a trade says to its decoder.

A message is a length (4 bytes, big-endian), that many bytes of JSON, and then the parts whose sizes stand in its `sizes`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

LENGTH = 4


@dataclass(frozen=True)
class Done:
    """What came of a task: facts that JSON can carry, and bytes."""

    facts: dict[str, Any] = field(default_factory=dict)
    parts: Sequence[bytes] = ()


class Refused(Exception):
    """The file is not what it should be; the word says why."""


def receive(line: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message: its head and parts; None when the other side has hung up."""
    length = line.read(LENGTH)
    if len(length) < LENGTH:
        return None
    head = json.loads(line.read(int.from_bytes(length, "big")))
    return head, [line.read(size) for size in head["sizes"]]


def send(line: BinaryIO, head: dict[str, Any], parts: Sequence[bytes]) -> None:
    line.write(framed(head, parts))
    for part in parts:
        line.write(part)
    line.flush()


def framed(head: dict[str, Any], parts: Sequence[bytes]) -> bytes:
    """A message up to its parts."""
    body = json.dumps(head | {"sizes": [len(part) for part in parts]}).encode()
    return len(body).to_bytes(LENGTH, "big") + body
