"""What did not succeed, on record all the same: it undoes its own transaction (a wrong password) or has none any more (a refusal). Bounded
by person and kind, so that no flood fills the trail. What did succeed is recorded by its own verb, always.
"""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.db import unit_of_work
from common.deeds import if_undone
from common.identity import policy
from common.identity.errors import Throttled
from common.identity.service import throttling
from common.identity.service.sessions import Client
from common.identity.service.throttling import Pace

log = structlog.get_logger(__name__)
JOB = "identity.put_on_record"
BOUND = Pace(free=10, wait=3600, longest=3600, window=3600)  # ten an hour


def failing(session: AsyncSession, person_id: UUID | None, client: Client, step: str) -> None:
    """A sign-in has failed, should this transaction be undone. For an account that does not exist the same work is done, by a job that
    then has nothing to write."""
    args: dict[str, Any] = {"person_id": str(person_id) if person_id else None, "at": clock.now().isoformat(), "step": step}
    if_undone(session, "sign-in", partial(outbox.enqueue, job=JOB, device=policy.device_of(client.user_agent), **args))


async def put_on_record(session: AsyncSession, person_id: UUID | None, at: datetime, device: str, step: str) -> None:
    """The failed sign-in itself."""
    if person_id is not None and await is_within_bounds(Happening.SIGN_IN_FAILED, person_id):
        await happenings.record(session, person_id, Happening.SIGN_IN_FAILED, by_owner=False, at=at, device=device, step=step)


async def note_refusal(actor: Actor, route: str, code: str) -> None:
    """Somebody who is signed in was told 403. `route`: method and pattern, never the address with its ids."""
    try:
        if await is_within_bounds(Happening.REFUSED, actor.person_id):
            async with unit_of_work() as session:
                key = "token" if actor.scopes is not None else "session"
                await happenings.record(session, actor.person_id, Happening.REFUSED, route=route, code=code, key=key)
    except Exception as error:  # the answer is given; a database that is away now changes nothing about it
        log.error("refusal_not_recorded", error=type(error).__name__)


async def is_within_bounds(what: Happening, person_id: UUID) -> bool:
    """Whether there is room for one more of this kind."""
    try:
        await throttling.count("on-record", f"{what}:{person_id}", BOUND)
    except Throttled:
        return False
    return True
