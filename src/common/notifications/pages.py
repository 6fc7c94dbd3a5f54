"""The inbox as a page; and, in a demo, what was sent to addresses."""

from collections import defaultdict
from datetime import date
from typing import Any

from litestar import Request, Router, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, guards
from common.actor import Actor
from common.channels import queries as channels
from common.channels import service as sending
from common.errors import NotFound
from common.i18n import gettext as _
from common.identity import queries as identity
from common.notifications import queries, service
from common.notifications.policy import GROUPS
from common.notifications.schemas import MarkRead, NotificationOut, Preferences
from common.settings import get_settings
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page

ON_A_PAGE = 30
Asked = Request[Any, Any, Any]


@get(["/kotak-masuk", "/pemberitahuan"], guards=[guards.signed_in])
async def inbox(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Page:
    return page("notifications/inbox.html", **await _inbox(session, actor, cursor))


@post("/kotak-masuk/dibaca", guards=[guards.signed_in])
async def mark_read(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "notifications/inbox.html", **await _inbox(session, actor, None)) as form:
        await service.mark_read(session, actor, form.parse(MarkRead).up_to)
    return see_other("/kotak-masuk")


@get("/kotak-masuk/pilihan", guards=[guards.signed_in])
async def choices(session: AsyncSession, actor: Actor) -> Page:
    return page("notifications/choices.html", **await _choices(session, actor))


@post("/kotak-masuk/pilihan", guards=[guards.signed_in])
async def choose(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "notifications/choices.html", **await _choices(session, actor)) as form:
        await service.choose(session, actor, form.parse(Preferences))
    return see_other("/kotak-masuk/pilihan", _("Tersimpan."))


@get("/dev/pesan", guards=[guards.public])
async def messages(session: AsyncSession) -> Page:
    """Only in a demo: everywhere else there is no such page."""
    if not get_settings().demo:
        raise NotFound
    return page("notifications/messages.html", headers={"Cache-Control": "no-store"}, messages=await channels.recent(session))


async def _inbox(session: AsyncSession, actor: Actor, cursor: str | None) -> dict[str, Any]:
    rows, following = await queries.page_of(session, actor.person_id, limit=ON_A_PAGE, cursor=cursor)
    return {
        "items": [NotificationOut.of(row) for row in rows],
        "next": following,
        "unread": await queries.unread_of(session, actor.person_id),
        "days": _by_day,
        "section": "account",
    }


def _by_day(items: list[NotificationOut]) -> list[tuple[date, list[NotificationOut]]]:
    """What was told, each day (WITA) once, the newest first: around midnight the order of the numbers is not always that of the clock."""
    found: dict[date, list[NotificationOut]] = defaultdict(list)
    for item in items:
        found[item.created_at.astimezone(clock.WITA).date()].append(item)
    return sorted(found.items(), reverse=True)


async def _choices(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    return {
        "groups": [(key, _(name), _(about)) for key, (name, about) in GROUPS.items()],
        "chosen": await service.preferences(session, actor),
        "channels": await _channels(session, actor),
        "section": "account",
    }


async def _channels(session: AsyncSession, actor: Actor) -> list[tuple[str, str, bool]]:
    """Channel, its name, whether the person has confirmed an address there; those that nothing here can carry are left out."""
    person = await identity.by_id(session, actor.person_id)
    found = [("email", _("Email"), person.email_confirmed_at is not None), ("phone", _("SMS/WA"), person.phone_confirmed_at is not None)]
    return [one for one in found if sending.can_carry(one[0])]


router = Router(path="/", route_handlers=[inbox, mark_read, choices, choose, messages], include_in_schema=False)
