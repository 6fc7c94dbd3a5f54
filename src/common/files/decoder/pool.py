"""The decoders of this process: at most so many at once, started when they are needed, ended when nobody needs them.

Each web process and each worker has its own pool, made when its first file comes: what a parent has before it forks is not its children's.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import structlog

from common.files.decoder.protocol import LENGTH, framed
from common.files.errors import CheckingBusy, NotChecked, TooComplex
from common.settings import get_settings

log = structlog.get_logger(__name__)
Trade = Literal["pictures", "papers"]
MEMORY = 768 * 1024 * 1024  # bytes of addresses: 50 megapixels of any kind fit
SECONDS = 30.0  # of the clock for one file; `program.CPU_SECONDS` of the processor
PATIENCE = 20.0  # seconds in line
MOST_IN_LINE = 32  # each holds a whole upload
IDLE = 60.0  # seconds
LARGEST_ANSWER = 32 * 1024 * 1024  # bytes
BY_ITSELF = frozenset({signal.SIGXCPU, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE})
"""Ends that a file brings about; any other came from outside, and the file may be a good one."""
SRC = Path(__file__).resolve().parents[3]


class Fallen(Exception):
    """The decoder ended, or went out of its mind, in the middle of its work."""


@dataclass(eq=False)
class Decoder:
    """One process, and the line to it."""

    trade: Trade
    process: subprocess.Popen[bytes]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def start(cls, trade: Trade) -> "Decoder":
        """Called on the loop's own thread, whose end is the decoder's."""
        ours, theirs = socket.socketpair()
        words = [sys.executable, "-s", "-m", "common.files.decoder.program", trade, str(os.getpid()), str(MEMORY)]
        with theirs:
            process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program; a few milliseconds, and no secret in its environment
                words,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(SRC)},
                process_group=0,
            )
        return cls(trade, process, *await asyncio.open_unix_connection(sock=ours))

    async def ask(self, task: str, data: bytes, given: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """One task and its answer. Raises Fallen."""
        try:
            self.writer.write(framed({"task": task, "given": given}, [data]))
            self.writer.write(data)
            await self.writer.drain()
            head = json.loads(await self._read(int.from_bytes(await self._read(LENGTH), "big")))
            return head, [await self._read(size) for size in head["sizes"]]
        except (OSError, EOFError, ValueError) as error:
            raise Fallen from error

    def end(self) -> Awaitable[int]:
        """Now; awaited, it says how the process ended: by itself before, or by our signal."""
        self.writer.close()
        self.process.kill()
        return asyncio.get_running_loop().run_in_executor(None, self.process.wait)

    async def _read(self, size: int) -> bytes:
        if size > LARGEST_ANSWER:
            raise ValueError("more than any file may become")
        return await self.reader.readexactly(size)


class Pool:
    """At most `size` decoders at work; who comes when all of them are busy waits in line."""

    def __init__(self, size: int) -> None:
        self.holder = (os.getpid(), asyncio.get_running_loop())
        self._room = asyncio.Semaphore(size)
        self._in_line = 0
        self._resting: dict[Decoder, asyncio.TimerHandle] = {}

    async def run(self, trade: Trade, task: str, data: bytes, given: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Raises CheckingBusy, NotChecked, TooComplex."""
        async with self._place():
            decoder = await self._rested(trade)
            try:
                async with asyncio.timeout(SECONDS):
                    answer = await decoder.ask(task, data, given)
            except TimeoutError:
                decoder.end()
                log.warning("decoder_hung", trade=trade)
                raise NotChecked from None
            except Fallen:
                raise await _fell(decoder) from None
            except BaseException:  # whoever asked has gone; what the decoder still says would be taken for another's answer
                decoder.end()
                raise
            if answer[0].pop("worn"):
                decoder.end()
            else:
                self._rest(decoder)
        return answer

    async def close(self) -> None:
        """End those that rest."""
        await asyncio.gather(*(self._called(decoder).end() for decoder in list(self._resting)))

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """A place at a decoder. Raises CheckingBusy when the line is too long, or too slow."""
        if self._in_line >= MOST_IN_LINE:
            raise CheckingBusy
        self._in_line += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._room.acquire()
        except TimeoutError:
            raise CheckingBusy from None
        finally:
            self._in_line -= 1
        try:
            yield
        finally:
            self._room.release()

    async def _rested(self, trade: Trade) -> Decoder:
        """One that rests and knows the trade, else a new one in the place of any that rests."""
        for decoder in list(self._resting):
            if decoder.trade != trade:
                continue
            if self._called(decoder).process.poll() is None:
                return decoder
            decoder.end()
        for decoder in list(self._resting)[:1]:
            self._called(decoder).end()
        return await Decoder.start(trade)

    def _rest(self, decoder: Decoder) -> None:
        self._resting[decoder] = self.holder[1].call_later(IDLE, lambda: self._called(decoder).end())

    def _called(self, decoder: Decoder) -> Decoder:
        self._resting.pop(decoder).cancel()
        return decoder


_pool: Pool | None = None


async def decode(trade: Trade, task: str, data: bytes, **given: Any) -> tuple[dict[str, Any], list[bytes]]:
    """What a decoder makes of a file: facts (`refused`: why it is none) and parts. Raises CheckingBusy, NotChecked, TooComplex."""
    global _pool  # noqa: PLW0603 - one pool a process
    if _pool is None or _pool.holder != (os.getpid(), asyncio.get_running_loop()):
        _pool = Pool(get_settings().decoders)
    return await _pool.run(trade, task, data, given)


async def close_decoders() -> None:
    """End this process's decoders. They would end with it; a process that stops in order leaves nothing to be ended."""
    if _pool is not None and _pool.holder == (os.getpid(), asyncio.get_running_loop()):
        await _pool.close()


async def _fell(decoder: Decoder) -> NotChecked | TooComplex:
    code = await decoder.end()
    log.warning("decoder_fell", trade=decoder.trade, code=code)
    return TooComplex() if -code in BY_ITSELF else NotChecked()
