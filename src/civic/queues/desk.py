"""Pages of the officer at a counter: `/meja/antrean`, one key for the next number."""

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import policy, queries, service, views
from civic.queues.errors import NoSuchCounter, NoSuchTicket
from civic.queues.models import Counter
from common import clock, guards
from common.actor import Actor, Role
from common.errors import Invalid
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from common.web.templating import Page

Web = Request[Any, Any, Any]
OFFICER = [guards.role(Role.OFFICER)]
SHOWN = 12
Desk = Annotated[int, QueryParameter(name="meja", ge=1, le=20)]


@get("/meja/antrean", guards=OFFICER)
async def list_my_counters(session: AsyncSession, actor: Actor) -> Page:
    """The counters at which one may sit, with how many wait there now."""
    shown = await views.counters_now(session, await queries.served_by(session, actor))
    places = {one.counter.place: queries.place(one.counter.place) for one in shown}
    return page("queues/counters.html", shown=shown, offices=places)


@get("/meja/antrean/{code:str}", guards=OFFICER)
async def show_counter(session: AsyncSession, actor: Actor, code: str, desk: Desk = 1) -> Page:
    return page("queues/counter.html", **await _context(session, actor, await _mine(session, actor, code), desk))


@post("/meja/antrean/{code:str}/{deed:str}", guards=OFFICER)
async def act(request: Web, session: AsyncSession, actor: Actor, code: str, deed: str, desk: Desk = 1) -> Redirect:
    """One deed at a desk, then the desk again."""
    context = await _context(session, actor, await _mine(session, actor, code), desk)
    async with reshow(request, "queues/counter.html", **context) as form:
        said = await _do(session, actor, code, deed, desk, form)
    return see_other(f"/meja/antrean/{code}?meja={desk}", said)


async def _do(session: AsyncSession, actor: Actor, code: str, deed: str, desk: int, form: Form) -> str:
    """What to say afterwards."""
    if deed == "panggil":
        called = await service.call_next(session, actor, code, desk)
        return _("Nomor %(number)s dipanggil.", number=called.number) if called else _("Tidak ada yang menunggu.")
    if deed == "buka":
        until = datetime.combine(clock.today(), _time(str(form.value("until"))), clock.WITA)
        await service.open_until(session, actor, code, until)
        return _("Sudah dicatat.")
    ticket_id = _ticket(str(form.value("ticket")))
    match deed:
        case "ulang":
            await service.call_again(session, actor, ticket_id)
        case "hadir":
            await service.serve(session, actor, ticket_id)
        case "selesai":
            await service.serve(session, actor, ticket_id, done=True)
        case "absen":
            await service.mark_absent(session, actor, ticket_id)
        case _:
            raise NoSuchCounter
    return _("Sudah dicatat.")


async def _mine(session: AsyncSession, actor: Actor, code: str) -> Counter:
    counter = await queries.counter(session, code)
    policy.check_may_serve(actor, counter)
    return counter


async def _context(session: AsyncSession, actor: Actor, counter: Counter, desk: int) -> dict[str, Any]:
    """The desk's own ticket with its holder's name (the officer greets by it), the line, and who was missed."""
    today = clock.today()
    held = await queries.on_desk(session, counter.code, today, desk)
    return {
        "counter": counter,
        "place": queries.place(counter.place),
        "desk": desk,
        "held": held,
        "who": await queries.holder_at(session, actor, held) if held else "",
        "desks": await queries.at_desks(session, counter.code, today),
        "line": [one.number for one in await queries.first_waiting(session, counter.code, today, SHOWN)],
        "now": (await views.counters_now(session, [counter]))[0],
        "skipped": [one.number for one in await queries.skipped(session, counter.code, today)],
        "today": today,
    }


def _ticket(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchTicket from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Invalid({"until": _("Jamnya belum benar. Contoh: 08:00.")}) from None


HANDLERS = [list_my_counters, show_counter, act]
