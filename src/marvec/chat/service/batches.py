"""Group commit: what is sent while a commit is under way goes together into the next one. Each sender is answered after COMMIT only."""

import asyncio
from math import ceil

from common.db import unit_of_work
from common.errors import DomainError
from common.pace import Pace, Pacer
from marvec.chat.errors import TooFast
from marvec.chat.schemas import Draft, MessageOut
from marvec.chat.service.writing import write

MOST = 200  # messages of one commit
PACERS = (Pacer(Pace(burst=40, a_second=1)), Pacer(Pace(burst=400, a_second=0.2)))
"""Of one author, in all conversations: room for a lively talk, for what waited for the line, and for a busy day of a seller."""
Waiting = tuple[Draft, asyncio.Future[MessageOut]]


class Batcher:
    """This process's line of senders. One commit at a time: a second one would only wait for the first one's row locks."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def send(self, draft: Draft) -> MessageOut:
        """The message as it stands after COMMIT. Raises what refused it; a failure of the database is everybody's of that commit."""
        answer: asyncio.Future[MessageOut] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, answer))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_all())
        return await answer

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._write(batch)
        finally:
            self._writing = None

    async def _write(self, batch: list[Waiting]) -> None:
        try:
            async with unit_of_work() as session:
                outcomes = await write(session, [draft for draft, _ in batch])
        except Exception as error:  # nothing was committed, and everybody must learn of it
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue  # the sender has left; the message stands
            if isinstance(outcome, DomainError):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)


_batchers: dict[asyncio.AbstractEventLoop, Batcher] = {}


async def send(draft: Draft) -> MessageOut:
    """Send a message in its own right (not within another room's transaction: that is `post`). Raises what `post` does, and TooFast."""
    for pacer in PACERS:
        if seconds := pacer.take(draft.author_id):
            raise TooFast(seconds=ceil(seconds))
    loop = asyncio.get_running_loop()
    batcher = _batchers.get(loop)
    if batcher is None:
        batcher = _batchers[loop] = Batcher()
    return await batcher.send(draft)
