"""The line under a request: how long a head and a body may take to come, and how long a head may be.

uvicorn waits for ever for the rest of a request, and a line costs a socket and memory, so ten thousand half-sent requests are an outage
at no cost to who sends them. Source of the rule: Apache's mod_reqtimeout (`header=20 body=20,MinRate=500`).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
HEAD_BYTES = 64 * 1024
BODY_SECONDS = 20.0
BODY_RATE = 1024
"""Bytes a second that a body must bring beyond its BODY_SECONDS: the weakest line that people upload by is ten times as fast."""
TAIL_SECONDS = 10.0
"""For the rest of a body whose answer was given already (413): a browser sends all before it reads."""
LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedLine(HttpToolsProtocol):
    """uvicorn's protocol with a deadline. One timer a line: it is set when something begins, and looks again when its time has come."""

    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _in_body = False
    _head_bytes = 0
    _until = 0.0  # of the loop's clock; 0: nothing is waited for

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._until = 0.0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_body and not self._is_answered():
            self._until += len(data) / BODY_RATE
        elif not self._in_body and self._until == 0.0:  # the first bytes of the next request on a kept line
            self._in_head, self._head_bytes = True, 0
            self._wait(HEAD_SECONDS)
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._cut(LONG)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body, self._until = False, 0.0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_body:
            self._wait(TAIL_SECONDS)

    def handle_websocket_upgrade(self) -> None:
        self._until = 0.0
        super().handle_websocket_upgrade()

    def _is_answered(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        return cycle is not None and cycle.response_complete is True

    def _wait(self, seconds: float) -> None:
        self._until = self.loop.time() + seconds
        if self._timer is None:
            self._timer = self.loop.call_at(self._until, self._look)

    def _look(self) -> None:
        """The time is over, or was put off meanwhile, or nothing is waited for any more."""
        self._timer = None
        if self._until == 0.0 or self.transport.is_closing():
            return
        if self._until > self.loop.time():
            self._timer = self.loop.call_at(self._until, self._look)
        else:
            self._cut(LATE)

    def _cut(self, words: bytes) -> None:
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(words)
        self.transport.close()
