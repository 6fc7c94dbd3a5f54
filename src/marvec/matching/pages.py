"""Requests as pages: the buyer's, and the seller's chances."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from common.web.paging import Cursor
from marvec.listings.wording import lead_words
from marvec.matching import policy, queries, service
from marvec.matching.models import Request as RequestRow
from marvec.matching.models import StandingKind
from marvec.matching.schemas import CompareBy, PostRequest, SaveSearch, reason_of
from marvec.matching.wording import STATES
from marvec.offers.wording import STATES as OFFER_STATES

ON_A_PAGE = 24
PREFILLED = ("what", "kelurahan_code", "radius_km", "quantity", "budget")
Asked = Request[Any, Any, Any]
Sorted = Annotated[str, QueryParameter(name="urut", max_length=10)]


@get("/permintaan", guards=[guards.signed_in])
async def list_requests(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Response[Any]:
    found = await queries.requests_of(session, actor.person_id, ON_A_PAGE, cursor)
    searches = await queries.standing_of(session, actor.person_id, StandingKind.SEARCH)
    return page("matching/requests.html", requests=found.items, next=found.next, searches=searches, states=STATES)


@get("/permintaan/baru", guards=[guards.signed_in])
async def new_request(request: Asked) -> Response[Any]:
    """What is known already (`?what=`, from a search or an earlier request) stands in the form."""
    given = {name: value for name in PREFILLED if isinstance(value := request.query_params.get(name), str) and value}
    return page("matching/new.html", form=Form.filled(**given))


@post("/permintaan/baru", guards=[guards.signed_in])
async def post_request(request: Asked, session: AsyncSession, actor: Actor) -> Response[Any]:
    async with reshow(request, "matching/new.html") as form:
        made = await service.post_request(session, actor, form.parse(PostRequest))
    return see_other(f"/permintaan/{made.id}", toast=_("Permintaan ta’ sudah tersimpan. Penjual yang cocok langsung kami kabari."))


@get("/permintaan/{request_id:uuid}", guards=[guards.signed_in])
async def show_request(session: AsyncSession, actor: Actor, request_id: UUID, urut: Sorted = "harga") -> Response[Any]:
    """For its buyer the answers side by side; a seller whom it was told sees what is looked for."""
    made = await queries.readable_by(session, actor, request_id)
    is_mine = made.buyer_id == actor.person_id
    order = CompareBy.NEAREST if urut == "jarak" else CompareBy.PRICE
    answers = await service.compare(session, actor, request_id, order) if is_mine else []
    return page(
        "matching/show.html", made=made, is_mine=is_mine, answers=answers, offered=sum(one.offer_id is not None for one in answers),
        told=await service.told_of(session, made) if is_mine else None, again=_again(made), order=order, states=STATES,
        offer_states=OFFER_STATES, lead_words=lead_words,
    )  # fmt: skip


@post("/permintaan/{request_id:uuid}/tutup", guards=[guards.signed_in])
async def close_request(session: AsyncSession, actor: Actor, request_id: UUID) -> Response[Any]:
    await service.close_request(session, actor, request_id)
    return see_other("/permintaan", toast=_("Permintaan ditutup."))


@get("/toko-saya/peluang", guards=[guards.signed_in])
async def list_chances(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Response[Any]:
    return page("matching/chances.html", **await _chances(session, actor, cursor))


@post("/toko-saya/peluang/{match_id:uuid}", guards=[guards.signed_in])
async def open_conversation(session: AsyncSession, actor: Actor, match_id: UUID) -> Response[Any]:
    conversation = await service.open_conversation(session, actor, match_id)
    return see_other(f"/pesan/{conversation.id}")


@post("/toko-saya/kriteria", guards=[guards.signed_in])
async def state_criteria(request: Asked, session: AsyncSession, actor: Actor) -> Response[Any]:
    async with reshow(request, "matching/chances.html", **await _chances(session, actor, None)) as form:
        await service.state_criteria(session, actor, form.parse(SaveSearch))
    return see_other("/toko-saya/peluang", toast=_("Tersimpan mi."))


@post("/pencarian", guards=[guards.signed_in])
async def save_search(request: Asked, session: AsyncSession, actor: Actor) -> Response[Any]:
    async with reshow(request, "matching/new.html") as form:
        await service.save_search(session, actor, form.parse(SaveSearch))
    return see_other("/permintaan", toast=_("Tersimpan. Kami kabari kalau ada barang baru."))


@post("/pencarian/{standing_id:uuid}/hapus", guards=[guards.signed_in])
async def drop(session: AsyncSession, actor: Actor, standing_id: UUID) -> Response[Any]:
    query = await queries.standing_by_id(session, standing_id)
    policy.check_is_owner(actor, query)
    await service.drop(session, actor, standing_id)
    return see_other("/toko-saya/peluang" if query.kind is StandingKind.CRITERIA else "/permintaan", toast=_("Terhapus mi."))


def _again(made: RequestRow) -> str:
    """The address of a new request like this one, to be changed: wider, dearer, in fewer words."""
    wider = min(50.0, made.radius_km * 2)
    return "/permintaan/baru?" + urlencode({"what": made.what, "kelurahan_code": made.kelurahan_code, "radius_km": f"{wider:g}"})


async def _chances(session: AsyncSession, actor: Actor, cursor: str | None) -> dict[str, Any]:
    found = await queries.matches_for_seller(session, actor.person_id, ON_A_PAGE, cursor)
    wanted = {match.request_id: await queries.by_id(session, match.request_id) for match in found.items if match.request_id}
    criteria = await queries.standing_of(session, actor.person_id, StandingKind.CRITERIA)
    chances = [(match, wanted[match.request_id], reason_of(match)) for match in found.items]
    return {"chances": chances, "next": found.next, "criteria": criteria}


router = Router(
    "/",
    route_handlers=[
        list_requests,
        new_request,
        post_request,
        show_request,
        close_request,
        list_chances,
        open_conversation,
        state_criteria,
        save_search,
        drop,
    ],
    include_in_schema=False,
)
