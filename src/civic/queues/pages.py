"""Pages of the citizen: choose a place, take a number, watch it come; and the board of the waiting room."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import desk, queries, service, views
from civic.queues.errors import NoSuchCounter
from civic.queues.models import LIVE
from common import clock, guards
from common.actor import Actor
from common.errors import Invalid
from common.i18n import gettext as _
from common.web import Form, citymap, page, reshow, see_other
from common.web.paging import Cursor, cursor_of, keys_of, page_of
from common.web.standing import remember, standing_of
from common.web.templating import Page

Web = Request[Any, Any, Any]
Words = Annotated[str, QueryParameter(name="q", max_length=200)]
Kecamatan = Annotated[str, QueryParameter(name="kecamatan", max_length=60)]
CITIZEN = [guards.assured(1)]
ROWS = 20
PLACES = "queue-places"
CHOICE = "kelurahan"
"""What the form of this page calls where one stands."""
FRESH = {"Cache-Control": "no-store"}


@get("/antrean", guards=[guards.public])
async def choose_place(
    request: Web, session: AsyncSession, visitor: Actor | None, q: Words = "", kecamatan: Kecamatan = "", cursor: Cursor = None
) -> Page:
    """Places with counters, the nearest to one's kelurahan first; one's own numbers above them."""
    standing = standing_of(request, CHOICE)
    rows = await views.places(session, q.strip(), kecamatan, (standing.lat, standing.lon) if standing else None)
    shown, following = _part(rows, cursor)
    living = await queries.living_of(session, visitor.person_id) if visitor else []
    answer = page(
        "queues/places.html", rows=shown, next=following, q=q.strip(), kecamatan=kecamatan,
        form=Form.filled(kelurahan=standing.code if standing else ""),
        groups=_map(), box=citymap.view_box(), numbers=[await views.standing_of(session, one) for one in living], section="city",
    )  # fmt: skip
    return remember(request, answer, CHOICE)


@get("/antrean/tempat/{code:str}", guards=[guards.public])
async def show_place(session: AsyncSession, visitor: Actor | None, code: str) -> Page:
    return page("queues/place.html", **await _place_context(session, visitor, code))


@post("/antrean/loket/{code:str}", guards=CITIZEN)
async def take_number(request: Web, session: AsyncSession, actor: Actor, code: str) -> Redirect:
    counter = await queries.counter(session, code)
    context = await _place_context(session, actor, counter.place)
    async with reshow(request, "queues/place.html", **context) as form:
        ticket = await service.take_number(session, actor, code, _day(str(form.value("day"))))
    return see_other(f"/antrean/{ticket.id}", _("Nomor ta’ %(number)s.", number=ticket.number))


@get("/antrean/saya", guards=[guards.signed_in])
async def list_numbers(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Page:
    rows = await queries.of_person(session, actor.person_id, cursor, ROWS)
    counters = {one.code: one for one in await queries.counters(session, codes={row.counter for row in rows})}
    rows = [row for row in rows if row.counter in counters]
    found = page_of(rows, ROWS, queries.MINE, lambda row: (row.id,), lambda row: views.Listed.of(row, counters[row.counter]))
    return page("queues/mine.html", rows=found.items, next=found.next, section="city")


@get("/antrean/{ticket_id:uuid}", guards=[guards.signed_in])
async def show_number(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Page:
    ticket = await queries.visible(session, actor, ticket_id)
    mine = ticket.person_id == actor.person_id
    return page("queues/ticket.html", seen=await views.standing_of(session, ticket), mine=mine, headers=FRESH, section="city")


@post("/antrean/{ticket_id:uuid}/batal", guards=CITIZEN)
async def cancel_number(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Redirect:
    await service.cancel(session, actor, ticket_id)
    return see_other(f"/antrean/{ticket_id}", _("Nomor dibatalkan. Tempatnya untuk orang lain."))


@post("/antrean/{ticket_id:uuid}/kembali", guards=CITIZEN)
async def come_back(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Redirect:
    await service.come_back(session, actor, ticket_id)
    return see_other(f"/antrean/{ticket_id}", _("Nomor ta’ masuk antrean lagi."))


@get("/antrean/papan/{code:str}", guards=[guards.public])
async def show_board(session: AsyncSession, code: str) -> Page:
    """Large numbers for a screen in the waiting room; nobody's name."""
    counter, today = await queries.counter(session, code), clock.today()
    upcoming = [ticket.number for ticket in await queries.first_waiting(session, code, today, 6)]
    return page(
        "queues/board.html", headers=FRESH, counter=counter, place=queries.place(counter.place), today=today, upcoming=upcoming,
        desks=await queries.at_desks(session, code, today), skipped=[one.number for one in await queries.skipped(session, code, today)],
        waiting=(await queries.waiting_counts(session, [code], today)).get(code, 0),
    )  # fmt: skip


async def _place_context(session: AsyncSession, visitor: Actor | None, code: str) -> dict[str, Any]:
    counters = await queries.counters(session, places=[code])
    if not counters:
        raise NoSuchCounter
    living = await queries.living_of(session, visitor.person_id) if visitor else []
    held = {one.counter: one for one in living if one.state in LIVE}
    shown = sorted(await views.counters_now(session, counters), key=lambda one: (not one.is_open, -one.counter.capacity))
    return {"place": queries.place(code), "shown": shown, "held": held, "today": clock.today(), "section": "city"}


def _part(rows: list[views.PlaceRow], cursor: str | None) -> tuple[list[views.PlaceRow], str | None]:
    """The rows after the place named in the cursor. Their order is computed, so the place is looked up, not compared."""
    keys, codes = keys_of(PLACES, cursor), [row.place.code for row in rows]
    start = codes.index(keys[0]) + 1 if keys and keys[0] in codes else 0
    shown = rows[start : start + ROWS]
    return shown, cursor_of(PLACES, shown[-1].place.code) if start + ROWS < len(rows) else None


def _map() -> dict[str, tuple[list[citymap.Cell], tuple[int, int]]]:
    return {name: (group, citymap.middle(group)) for name, group in citymap.by_kecamatan().items()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"day": _("Pilih harinya.")}) from None


router = Router(
    path="/",
    include_in_schema=False,
    route_handlers=[
        choose_place,
        show_place,
        take_number,
        list_numbers,
        show_number,
        cancel_number,
        come_back,
        show_board,
        *desk.HANDLERS,
    ],
)
