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
from common.notifications import letters
from common.notifications.models import Inbox, Notification, NotificationPreference
from common.notifications.policy import GROUPS, group_of
from common.notifications.schemas import Preferences
from common.settings import get_settings

# One statement: the numbers and unread counts of all who are told (inbox rows locked in the order of people's ids, so that two crowds
# never wait for each other in a circle), the rows, and how each person is to be told. Each telling: $1 id, $2 person, $3 kind, $4 text,
# $5 params, $6 link, $7 group of its kind; $8 now. `email` is null for who wants none of this group or has not confirmed the address.
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
    RETURNING person_id, last_seq, unread
), kept AS (
    INSERT INTO notification (id, person_id, seq, kind, text, params, link, created_at)
    SELECT id, person_id, last_seq - many + number, kind, text, params::jsonb, link, $8 FROM told JOIN counted USING (person_id)
)
SELECT told.id, last_seq - many + number AS seq, unread - many + number AS unread, person.locale,
       CASE WHEN wish.wanted AND person.email_confirmed_at IS NOT NULL THEN person.email::text END AS email
FROM told JOIN counted USING (person_id) JOIN person ON person.id = person_id
LEFT JOIN notification_preference wish
     ON wish.person_id = told.person_id AND wish.kind_group = told.kind_group AND wish.channel = 'email'
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
        if place["email"] is not None:
            await _write(session, place["email"], place["locale"], said, telling.link)


async def mark_read(session: AsyncSession, actor: Actor, up_to: int) -> int:
    """Everything up to this number was seen; -> how many are unread now."""
    await _locked(session, actor.person_id)
    mine = (col(Notification.person_id) == actor.person_id, col(Notification.read_at).is_(None))
    await session.execute(update(Notification).where(*mine, col(Notification.seq) <= up_to).values(read_at=clock.now()))
    left = await session.scalar(select(func.count()).select_from(Notification).where(*mine)) or 0
    await session.execute(update(Inbox).where(col(Inbox.person_id) == actor.person_id).values(unread=left))
    await live.tell(session, f"person:{actor.person_id}", {"type": "inbox", "unread": left})
    return left


async def choose(session: AsyncSession, actor: Actor, chosen: Preferences) -> None:
    """Which groups also come by e-mail; unknown ones are ignored."""
    rows = [{"person_id": actor.person_id, "kind_group": group, "channel": "email", "wanted": group in chosen.email} for group in GROUPS]
    statement = insert(NotificationPreference).values(rows)
    key = ["person_id", "kind_group", "channel"]
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_={"wanted": statement.excluded.wanted}))


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


async def _write(session: AsyncSession, address: str, locale: str, said: str, link: str) -> None:
    params = {"text": said, "url": get_settings().base_url.rstrip("/") + link}
    await channels.send(session, channel="email", address=address, template=letters.TOLD.name, params=params, locale=locale)
