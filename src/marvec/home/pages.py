"""`/`: search, categories, newest goods (nearest, once a position is known), the doors of the city. `/cari`: where the search box leads."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.response import Redirect

from common import guards
from common.web import page
from marvec.home import doors
from marvec.listings import goods
from marvec.search import asking, service
from marvec.search.schemas import SearchQuery, Sort
from marvec.search.synonyms import names_city_service

SHOWN = 8


@get("/", guards=[guards.public])
async def home(request: Request[Any, Any, Any]) -> Response[Any]:
    near = asking.near_of(request.query_params.get("near", ""))
    query = SearchQuery(near=near, sort=Sort.NEAREST if near else Sort.NEWEST)
    found = await service.search(query, limit=SHOWN)
    return page(
        "home/home.html", items=found.items, near=request.query_params.get("near", "") if near else "",
        categories=goods.CATEGORY_NAMES.items(), city=doors.CITY, market=doors.MARKET,
    )  # fmt: skip


@get("/cari", guards=[guards.public], sync_to_thread=False)
def find(request: Request[Any, Any, Any]) -> Redirect:
    """One box for everything: the name of a service of the city leads there, all else to the market."""
    text = request.query_params.get("q", "").strip()
    where = "/layanan" if names_city_service(text) else "/pasar"
    return Redirect(f"{where}?{urlencode({'q': text})}" if text else where, status_code=303)


router = Router("/", route_handlers=[home, find], include_in_schema=False)
