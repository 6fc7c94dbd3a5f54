"""Many cheap websocket listeners in one process: they count frames and do nothing else, so that the server is what is measured."""

import asyncio
import base64
import os
from collections.abc import Callable


class Crowd:
    """Counts the text frames of all its members; `until(n)` waits for the n-th."""

    def __init__(self) -> None:
        self.frames = 0
        self._wanted = 0
        self._reached = asyncio.Event()

    def count(self, frames: int) -> None:
        self.frames += frames
        if self.frames >= self._wanted:
            self._reached.set()

    async def until(self, frames: int, seconds: float = 120) -> None:
        self._wanted = frames
        self._reached.clear()
        self.count(0)
        await asyncio.wait_for(self._reached.wait(), seconds)


class Listener(asyncio.Protocol):
    """Handshake, `greeting` lines, then counting. Frames of a server are not masked and, here, shorter than 64 KiB (RFC 6455, 5.2)."""

    def __init__(self, crowd: Crowd, path: str, greeting: list[str]) -> None:
        self._crowd, self._path, self._greeting = crowd, path, greeting
        self._rest = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        transport.write(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self._open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._open = True
            for line in self._greeting:
                self.say(line)
        at = frames = 0
        while len(data) - at >= 4:
            size = data[at + 1]
            start = at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if start + size > len(data):
                break
            at = start + size
            if size == 2:  # `{}`: the server's ping, to be answered
                self.say("{}")
            else:
                frames += 1
        self._rest = data[at:]
        self._crowd.count(frames)

    def say(self, line: str) -> None:
        body, mask = line.encode(), os.urandom(4)
        size = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + len(body).to_bytes(2, "big")
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        self._transport.write(b"\x81" + size + mask + masked)


async def gather_crowd(crowd: Crowd, port: int, path: str, size: int, greeting: Callable[[], list[str]]) -> list[Listener]:
    """`size` listeners, each of whom has heard an answer to every line of its greeting."""
    loop = asyncio.get_running_loop()
    members: list[Listener] = []
    answers = crowd.frames
    for _ in range(size):
        lines = greeting()
        answers += max(len(lines), 1)
        _, member = await loop.create_connection(lambda lines=lines: Listener(crowd, path, lines), "127.0.0.1", port)  # type: ignore[misc]  # bound now
        members.append(member)
        if len(members) % 50 == 0:
            await crowd.until(answers)
    await crowd.until(answers)
    return members
