"""HTTP without a client library's cost: the load generator runs on the same cores as the server."""

import asyncio
from typing import Any, Self

import msgspec


class Wire:
    """One keep-alive connection; one question at a time. Answers must carry Content-Length, as all of ours do."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *headers: str) -> None:
        self._reader, self._writer, self._headers = reader, writer, headers

    @classmethod
    async def open(cls, port: int, *headers: str) -> Self:
        """`headers` (`Name: value`) go with every question."""
        return cls(*await asyncio.open_connection("127.0.0.1", port), *headers)

    async def ask(self, method: str, path: str, body: Any = None, *headers: str) -> tuple[int, bytes, bytes]:
        """Status, head and body as they came; `body` is sent as JSON."""
        content = b"" if body is None else msgspec.json.encode(body)
        lines = [f"{method} {path} HTTP/1.1", "Host: bench", *self._headers, *headers]
        lines += ["Content-Type: application/json"] if content else []
        lines += [f"Content-Length: {len(content)}"] if method != "GET" else []
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return int(head[9:12]), head, await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()
