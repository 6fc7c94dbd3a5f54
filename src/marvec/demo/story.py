"""The chapters in their order, and what must be true when all is over."""

from contextlib import AsyncExitStack, suppress

import httpx

from marvec.demo.asking import ask_for_songkolo
from marvec.demo.birth import register_birth
from marvec.demo.building import approve_building
from marvec.demo.chaos import Chaos
from marvec.demo.dealing import deal
from marvec.demo.errors import Off, same
from marvec.demo.paying import check_whole, pay_and_deliver
from marvec.demo.people import Letters, Person, all_leave, sign_in
from marvec.demo.report import Report
from marvec.demo.scene import Deal, Stage
from marvec.demo.selling import close_shop, open_shop


async def tell(url: str, report: Report, chaos: Chaos, letters: Letters | None = None) -> None:
    """The whole main job. Raises `Off` at the first thing that is not as it must be."""
    stage = Stage(url, report, chaos, letters)
    async with AsyncExitStack() as afterwards:
        afterwards.push_async_callback(_leave, stage)
        await _greet(stage)
        shop = await open_shop(stage)
        afterwards.push_async_callback(close_shop, shop)
        buyer, conversation_id = await ask_for_songkolo(stage, shop)
        agreed = await deal(stage, shop, buyer, conversation_id)
        operator = stage.came(await sign_in(url, "operator"))
        await pay_and_deliver(stage, agreed, operator)
        await register_birth(stage, buyer)
        await approve_building(stage, buyer)
        await _check_end(stage, agreed, operator)


async def _greet(stage: Stage) -> None:
    with stage.report.step("0", f"{stage.url} is ready"):
        async with httpx.AsyncClient(timeout=20.0) as client:
            try:
                ready = await client.get(f"{stage.url}/readyz")
            except httpx.HTTPError as error:
                raise Off(f"no city answers at {stage.url} ({type(error).__name__}): start one with `marvec run`") from error
        same(ready.status_code, 200, "/readyz")


async def _check_end(stage: Stage, agreed: Deal, operator: Person) -> None:
    with stage.report.step("6", "at the end: nothing lost, nothing doubled") as step:
        step.note(await check_whole(agreed, operator))
        same([fault for person in stage.people for fault in person.line.faults], [], "gaps and doubles on the sockets")
        lines, doors = [one.line for one in stage.people], [one.door for one in stage.people]
        step.note(f"{len(stage.chaos.falls)} processes killed" if stage.chaos.on else "no chaos")
        step.note(f"{sum(one.reconnected for one in lines)} sockets recovered, {sum(one.repeated for one in doors)} requests repeated")


async def _leave(stage: Stage) -> None:
    if stage.till is not None:
        with suppress(Off):
            await stage.till.behave()
    await all_leave(*stage.people)
