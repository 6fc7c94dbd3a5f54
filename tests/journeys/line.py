"""A line between a browser and a city that can be slow, and cut after so many bytes: what a telephone in a tunnel does to an upload."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

PIECE = 8192  # bytes
WEAK = 400_000 / 8  # bytes a second, each way


class Line:
    """Carries everything both ways until it is cut; while it is cut, nothing at all."""

    def __init__(self, house: int) -> None:
        self.house, self.address = house, ""
        self.is_cut = False
        self._left: int | None = None
        self._pace: float | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()

    def slow_down(self, pace: float = WEAK) -> None:
        """To so many bytes a second, a weak line's 400 kbit/s, until it is mended."""
        self._pace = pace

    def cut_after(self, many: int) -> None:
        """Once so many bytes have gone up from now on."""
        self._left = many

    def cut(self) -> None:
        self.is_cut = True
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        self.is_cut, self._left, self._pace = False, None, None

    async def end(self) -> None:
        self.cut()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody calls."""
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        from_house, to_house = await asyncio.open_connection("127.0.0.1", self.house)
        ends = {writer, to_house}
        self._ends |= ends
        await asyncio.gather(self._pass_on(reader, to_house, up=True), self._pass_on(from_house, writer, up=False))
        self._ends -= ends

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        try:
            while piece := await reader.read(PIECE):
                if self._pace is not None:
                    await asyncio.sleep(len(piece) / self._pace)
                if up and self._left is not None:
                    self._left -= len(piece)
                    if self._left <= 0:
                        return self.cut()
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def line_to(server: str) -> AsyncIterator[Line]:
    """`line.address` is the city's address at the other end of the line."""
    line = Line(urlsplit(server).port or 80)
    listening = await asyncio.start_server(line.take, "127.0.0.1", 0)
    line.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        listening.close()
        await line.end()
