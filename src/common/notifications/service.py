"""Telling a person, and what a person does with the inbox."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, live
from common.channels import service as channels
from common.i18n import gettext, speaking
from common.identity import queries as people
from common.identity.actor import Actor
from common.notifications import letters, queries
from common.notifications.models import Inbox, Notification, NotificationPreference
from common.notifications.policy import GROUPS, group_of
from common.notifications.schemas import Preferences
from common.settings import get_settings


async def notify(
    session: AsyncSession, person_id: UUID, *, kind: str, text: str, params: dict[str, Any] | None = None, link: str = ""
) -> Notification:
    """Tell a person, in this transaction: a row in the inbox, a live wink, and an e-mail for who has chosen so.

    `text` is a message id (N_) with `%(name)s` gaps for `params` (JSON values); `link` a path of this site.
    """
    seq, unread = await _next(session, person_id)
    row = Notification(person_id=person_id, seq=seq, kind=kind, text=text, params=params or {}, link=link)
    session.add(row)
    await session.flush()
    person = await people.by_id(session, person_id)
    with speaking(person.locale):
        said = gettext(text, **row.params)
    wink = {"type": "notification", "id": str(row.id), "seq": seq, "kind": kind, "text": said, "link": link, "unread": unread}
    await live.tell(session, f"person:{person_id}", wink)
    if person.confirmed_email and await queries.wants(session, person_id, group_of(kind), "email"):
        await _write(session, person.confirmed_email, person.locale, said, link)
    return row


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


async def _next(session: AsyncSession, person_id: UUID) -> tuple[int, int]:
    """The person's next number and the unread count, both taken at once: tellings of one person queue up behind their inbox row."""
    statement = insert(Inbox).values(person_id=person_id, last_seq=1, unread=1)
    more = {"last_seq": Inbox.last_seq + 1, "unread": Inbox.unread + 1}
    counted = statement.on_conflict_do_update(index_elements=["person_id"], set_=more).returning(col(Inbox.last_seq), col(Inbox.unread))
    row = (await session.execute(counted)).one()
    return row[0], row[1]


async def _locked(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(select(col(Inbox.person_id)).where(col(Inbox.person_id) == person_id).with_for_update())


async def _write(session: AsyncSession, address: str, locale: str, said: str, link: str) -> None:
    params = {"text": said, "url": get_settings().base_url.rstrip("/") + link}
    await channels.send(session, channel="email", address=address, template=letters.TOLD.name, params=params, locale=locale)
