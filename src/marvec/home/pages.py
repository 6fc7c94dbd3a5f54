"""`/`: what waits for one, search, newest goods (nearest, once a position is known), the doors of the city. `/cari`: one search for all."""

from typing import Any

from litestar import Request, Response, Router, get
from sqlalchemy.ext.asyncio import AsyncSession

from common import front, guards
from common.actor import Actor
from common.web import page, see_other
from common.web.standing import remember, standing_of
from marvec.home import city_map, doors, sitemap
from marvec.listings import goods
from marvec.search import service
from marvec.search.schemas import LONGEST_TEXT, SearchQuery, Sort
from marvec.search.words import telling
from marvec.storefronts import queries as storefronts

SHOWN = 8
NOT_KEPT = {"Cache-Control": "no-store"}
"""People type illness and violence into a search: the answer stays in no cache."""


@get("/", guards=[guards.public])
async def home(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None) -> Response[Any]:
    standing = standing_of(request)
    query = SearchQuery(near=(standing.lat, standing.lon), sort=Sort.NEAREST) if standing else SearchQuery(sort=Sort.NEWEST)
    found = await service.search(query, limit=SHOWN)
    answer = page(
        "home/home.html", items=found.items, standing=standing, near=request.query_params.get("near", "") if standing else "",
        categories=goods.CATEGORY_NAMES.items(), doors=doors.DOORS, occasions=doors.OCCASIONS,
        waiting=await front.waiting_for(session, visitor) if visitor else [],
    )  # fmt: skip
    return remember(request, answer)


@get("/cari", guards=[guards.public])
async def find(request: Request[Any, Any, Any], session: AsyncSession) -> Response[Any]:
    """One box for everything: services in the words people use, shops by name, goods. An emergency shows 112 before all else."""
    text = request.query_params.get("q", "").replace("\x00", " ").strip()[:LONGEST_TEXT]
    if not text:
        return see_other("/pasar")
    goods_found = await service.search(service.understand(SearchQuery(text=text)), limit=SHOWN)
    shops = await storefronts.named_like(session, telling(text))
    return page("home/found.html", headers=NOT_KEPT, search_text=text, city=front.found_for(text), shops=shops, goods=goods_found)


HANDLERS = [home, find, city_map.show_map, city_map.choose_on_map, sitemap.show_index, sitemap.show_page]
router = Router("/", route_handlers=HANDLERS, include_in_schema=False)
