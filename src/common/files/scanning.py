"""A virus scanner that looks at every upload, if the settings name one: clamd, or whatever speaks its protocol.

Source: clamd(8), command INSTREAM: `zINSTREAM\\0`, chunks that each begin with their length (4 bytes, big-endian), a chunk of length 0;
the answer is `stream: OK`, `stream: <name> FOUND` or something with `ERROR`, ended by a zero byte.
"""

import asyncio
from urllib.parse import urlsplit

import structlog

from common.files.errors import Infected, ScannerAway
from common.settings import get_settings

log = structlog.get_logger(__name__)
SECONDS = 20.0
CHUNK = 64 * 1024


async def scan(data: bytes) -> None:
    """Nothing, when there is no scanner or it finds nothing. Raises Infected; ScannerAway when it does not say either in time."""
    url = get_settings().scanner_url
    if not url:
        return
    try:
        async with asyncio.timeout(SECONDS):
            said = await ask(url, _instream(data))
    except (OSError, EOFError, TimeoutError) as error:
        log.error("scanner_away", error=type(error).__name__)
        raise ScannerAway from None
    if said.endswith(" FOUND"):
        log.warning("upload_infected", found=said.removeprefix("stream: ").removesuffix(" FOUND")[:100])
        raise Infected
    if said != "stream: OK":
        log.error("scanner_failed", said=said[:100])
        raise ScannerAway


async def ask(url: str, command: list[bytes]) -> str:
    """The scanner's answer to one command. Raises OSError, EOFError."""
    reader, writer = await _connected(url)
    try:
        for part in command:
            writer.write(part)
            await writer.drain()
        answer = await reader.readuntil(b"\0")
    finally:
        writer.close()
    return answer.rstrip(b"\0").decode(errors="replace").strip()


async def _connected(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return await asyncio.open_unix_connection(parts.path)
    return await asyncio.open_connection(parts.hostname, parts.port)


def _instream(data: bytes) -> list[bytes]:
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    return [b"zINSTREAM\0", *(len(chunk).to_bytes(4, "big") + chunk for chunk in chunks), bytes(4)]
