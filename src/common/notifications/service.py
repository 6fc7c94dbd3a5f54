"""Telling a person, and what a person does with the inbox."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, live
from common.actor import Actor
from common.channels import service as channels
from common.i18n import gettext, speaking
from common.identity import queries as people
from common.notifications import letters, queries
from common.notifications.models import Inbox, Notification, NotificationPreference
from common.notifications.policy import GROUPS, group_of
from common.notifications.schemas import Preferences
from common.settings import get_settings


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
) -> Notification:
    """Tell a person, in this transaction: a row in the inbox, a live wink, and an e-mail for who has chosen so.

    `text` is a message id (N_) with `%(name)s` gaps for `params` (JSON values); `link` a path of this site.
    """
    seq, unread = await _next(session, person_id)
    row = Notification(person_id=person_id, seq=seq, kind=kind, text=text, params=params or {}, link=link)
    session.add(row)
    await session.flush()
    person = await people.by_id(session, person_id)
    said = await _wink(session, row, person.locale, unread)
    if person.confirmed_email and await queries.wants(session, person_id, group_of(kind), "email"):
        await _write(session, person.confirmed_email, person.locale, said, link)
    return row


async def notify_many(session: AsyncSession, tellings: Sequence[Telling]) -> None:
    """`notify` for a crowd, in five statements. One person's tellings keep their order; people are told in the order of their ids."""
    ordered = sorted(tellings, key=lambda telling: telling.person_id)
    if not ordered:
        return
    counts = Counter(telling.person_id for telling in ordered)
    places = await _next_of_many(session, counts)
    found = {person.id: person for person in await people.by_ids(session, counts)}
    wishes = await queries.wishes_of(session, counts, "email")
    for telling in ordered:
        seq, unread = next(places[telling.person_id])
        row = Notification(seq=seq, **asdict(telling))
        session.add(row)
        person = found[telling.person_id]
        said = await _wink(session, row, person.locale, unread)
        if person.confirmed_email and (person.id, group_of(telling.kind)) in wishes:
            await _write(session, person.confirmed_email, person.locale, said, telling.link)
    await session.flush()


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


async def _wink(session: AsyncSession, row: Notification, locale: str, unread: int) -> str:
    """Show it to whoever looks now; -> the sentence in the person's language."""
    with speaking(locale):
        said = gettext(row.text, **row.params)
    wink = {"type": "notification", "id": str(row.id), "seq": row.seq, "kind": row.kind, "text": said, "link": row.link, "unread": unread}
    await live.tell(session, f"person:{row.person_id}", wink)
    return said


async def _next_of_many(session: AsyncSession, counts: Mapping[UUID, int]) -> dict[UUID, Iterator[tuple[int, int]]]:
    """For each person the next numbers and unread counts, as many as `counts` says; rows are locked in the order of ids."""
    new = insert(Inbox).values([{"person_id": one, "last_seq": counts[one], "unread": counts[one]} for one in sorted(counts)])
    more = {"last_seq": Inbox.last_seq + new.excluded.last_seq, "unread": Inbox.unread + new.excluded.unread}
    counted = new.on_conflict_do_update(index_elements=["person_id"], set_=more)
    rows = await session.execute(counted.returning(col(Inbox.person_id), col(Inbox.last_seq), col(Inbox.unread)))
    return {
        person_id: iter([(last - left, unread - left) for left in range(counts[person_id] - 1, -1, -1)]) for person_id, last, unread in rows
    }


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
