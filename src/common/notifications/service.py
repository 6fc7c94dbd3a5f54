"""Telling a person, and what a person does with the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids, live
from common.actor import Actor
from common.channels import service as channels
from common.db import asyncpg_of, to_json
from common.i18n import gettext, speaking
from common.notifications import letters, policy, queries
from common.notifications.models import Inbox, Notification, NotificationPreference
from common.notifications.policy import group_of
from common.notifications.schemas import Preferences
from common.settings import get_settings

# One statement: the numbers and unread counts of all who are told (inbox rows locked in the order of people's ids, so that two crowds
# never wait for each other in a circle), the rows, and how each person is to be told. Each telling: $1 id, $2 person, $3 kind, $4 text,
# $5 params, $6 link, $7 group of its kind; $8 now. `email` and `phone` are null for who wants none of this group there or has not confirmed
# the address.
WRITE = """
WITH told AS (
    SELECT t.*, count(*) OVER person AS many, row_number() OVER (person ORDER BY nth) AS number
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY
         AS t (id, person_id, kind, text, params, link, kind_group, nth)
    WINDOW person AS (PARTITION BY person_id)
), counted AS (
    INSERT INTO inbox (person_id, last_seq, unread)
    SELECT person_id, count(*), count(*) FROM told GROUP BY person_id ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET last_seq = inbox.last_seq + excluded.last_seq, unread = inbox.unread + excluded.unread
    RETURNING person_id, last_seq, unread, quiet_at_night
), kept AS (
    INSERT INTO notification (id, person_id, seq, kind, text, params, link, created_at)
    SELECT id, person_id, last_seq - many + number, kind, text, params::jsonb, link, $8 FROM told JOIN counted USING (person_id)
)
SELECT told.id, last_seq - many + number AS seq, unread - many + number AS unread, person.locale, quiet_at_night,
       CASE WHEN letter.wanted AND person.email_confirmed_at IS NOT NULL THEN person.email::text END AS email,
       CASE WHEN ring.wanted AND person.phone_confirmed_at IS NOT NULL THEN person.phone END AS phone
FROM told JOIN counted USING (person_id) JOIN person ON person.id = person_id
LEFT JOIN notification_preference letter
     ON letter.person_id = told.person_id AND letter.kind_group = told.kind_group AND letter.channel = 'email'
LEFT JOIN notification_preference ring
     ON ring.person_id = told.person_id AND ring.kind_group = told.kind_group AND ring.channel = 'phone'
"""


@dataclass(frozen=True, slots=True)
class Telling:
    """What `notify` takes, for one of many."""

    person_id: UUID
    kind: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    link: str = ""


async def notify(
    session: AsyncSession, person_id: UUID, *, kind: str, text: str, params: dict[str, Any] | None = None, link: str = ""
) -> None:
    """Tell a person, in this transaction: a row in the inbox, a live wink, and an e-mail for who has chosen so.

    `text` is a message id (N_) with `%(name)s` gaps for `params` (JSON values); `link` a path of this site.
    """
    await notify_many(session, [Telling(person_id, kind, text, params or {}, link)])


async def notify_many(session: AsyncSession, tellings: Sequence[Telling]) -> None:
    """`notify` for a crowd, in one statement and one for each e-mail. One person's tellings keep their order."""
    if not tellings:
        return
    await session.flush()  # a person may be as new as what is told
    new = [ids.uuid7() for _ in tellings]
    columns = zip(*(_fields(telling) for telling in tellings), strict=True)
    rows = await (await asyncpg_of(session)).fetch(WRITE, new, *map(list, columns), clock.now())
    placed = {row["id"]: row for row in rows}
    for row_id, telling in zip(new, tellings, strict=True):
        place = placed[row_id]
        said = await _wink(session, row_id, telling, place)
        for channel in policy.CHANNELS:
            if place[channel] is not None and channels.can_carry(channel):
                await _write(session, channel, place, said, telling.link)


async def mark_read(session: AsyncSession, actor: Actor, up_to: int) -> int:
    """Everything up to this number was seen; -> how many are unread now."""
    await _locked(session, actor.person_id)
    mine = (col(Notification.person_id) == actor.person_id, col(Notification.read_at).is_(None))
    await session.execute(update(Notification).where(*mine, col(Notification.seq) <= up_to).values(read_at=clock.now()))
    left = await session.scalar(select(func.count()).select_from(Notification).where(*mine)) or 0
    await session.execute(update(Inbox).where(col(Inbox.person_id) == actor.person_id).values(unread=left))
    await live.tell(session, f"person:{actor.person_id}", {"type": "inbox", "unread": left})
    return left


async def preferences(session: AsyncSession, actor: Actor) -> Preferences:
    """What the person has chosen."""
    wanted = {channel: sorted(await queries.wanted_groups(session, actor.person_id, channel)) for channel in policy.CHANNELS}
    return Preferences(**wanted, quiet=await queries.is_quiet_at_night(session, actor.person_id))


async def choose(session: AsyncSession, actor: Actor, chosen: Preferences) -> None:
    """Which groups also come by which channel, and whether the night is quiet; unknown groups are ignored."""
    whose = {"person_id": actor.person_id}
    rows = [
        {**whose, "kind_group": group, "channel": channel, "wanted": group in getattr(chosen, channel)}
        for group in policy.GROUPS
        for channel in policy.CHANNELS
    ]
    wishes = insert(NotificationPreference).values(rows)
    key = ["person_id", "kind_group", "channel"]
    await session.execute(wishes.on_conflict_do_update(index_elements=key, set_={"wanted": wishes.excluded.wanted}))
    night = insert(Inbox).values({**whose, "last_seq": 0, "unread": 0, "quiet_at_night": chosen.quiet})
    await session.execute(night.on_conflict_do_update(index_elements=["person_id"], set_={"quiet_at_night": chosen.quiet}))


def _fields(telling: Telling) -> tuple[UUID, str, str, str, str, str]:
    """As WRITE takes them, $2 to $7."""
    return telling.person_id, telling.kind, telling.text, to_json(telling.params), telling.link, group_of(telling.kind)


async def _wink(session: AsyncSession, row_id: UUID, telling: Telling, place: Mapping[str, Any]) -> str:
    """Show it to whoever looks now; -> the sentence in the person's language."""
    with speaking(place["locale"]):
        said = gettext(telling.text, **telling.params)
    wink = {"type": "notification", "id": str(row_id), "seq": place["seq"], "kind": telling.kind, "text": said, "link": telling.link}
    await live.tell(session, f"person:{telling.person_id}", wink | {"unread": place["unread"]})
    return said


async def _locked(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(select(col(Inbox.person_id)).where(col(Inbox.person_id) == person_id).with_for_update())


async def _write(session: AsyncSession, channel: str, place: Mapping[str, Any], said: str, link: str) -> None:
    params = {"text": said, "url": get_settings().base_url.rstrip("/") + link}
    await channels.send(
        session, channel=channel, address=place[channel], template=letters.TOLD.name, params=params, locale=place["locale"],
        not_before=policy.morning_after(clock.now()) if place["quiet_at_night"] else None,
    )  # fmt: skip
