"""An application as its citizen files it, and the office's answers; shared by the two services of chapter 5."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marvec.demo.errors import same
from marvec.demo.people import Person
from marvec.demo.scene import states_of
from marvec.seed.pictures import draw


@dataclass(frozen=True)
class Case:
    """An application, its citizen (who listens), and the officer who works on it."""

    id: str
    citizen: Person
    officer: Person

    @property
    def channel(self) -> str:
        return f"application:{self.id}"

    async def look(self) -> Any:
        return await self.citizen.door.get(f"/applications/{self.id}")

    async def hear(self, state: str, *, times: int = 1) -> None:
        """Until the citizen has heard of `state` that often, live."""

        def so(_: dict[str, Any]) -> bool:
            return list(states_of(self.citizen, self.channel)).count(state) >= times

        await self.citizen.line.hear(self.channel, so, f"the citizen hears live that the application is {state}")

    async def submit(self) -> None:
        await self.citizen.door.post(f"/applications/{self.id}/submission")

    async def fill(self, answers: dict[str, str]) -> None:
        filled = await self.citizen.door.patch(f"/applications/{self.id}", {"answers": answers})
        same(filled["problems"], {}, "problems of the answers")

    async def desk(self, resource: str, body: object = None, *, key: str | None = None, sent: asyncio.Event | None = None) -> Any:
        return await self.officer.door.post(f"/desk/applications/{self.id}/{resource}", body, key=key, sent=sent)

    async def step(self, code: str, *, key: str | None = None, sent: asyncio.Event | None = None) -> Any:
        return await self.desk("steps", {"step": code}, key=key, sent=sent)


async def file(service: str, citizen: Person, officer: Person, answers: dict[str, str], documents: Iterable[str]) -> Case:
    """Start, fill in, attach every document, hand in."""
    started = await citizen.door.post("/applications", {"service": service})
    case = Case(started["id"], citizen, officer)
    await citizen.line.subscribe(case.channel)
    await case.fill(answers)
    for name in documents:
        await citizen.door.upload("PUT", f"/applications/{case.id}/documents/{name}", f"{name}.jpg", draw(name, "dokumen"))
    await case.submit()
    await case.hear("submitted")
    return case
