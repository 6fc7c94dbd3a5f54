"""`/pasar`: the market, with words, filters and sorts. Everything is in the address, so it works without JavaScript and can be shared."""

from typing import Any

from litestar import Request, Response, Router, get

from common import guards, regions
from common.errors import Invalid
from common.web import Form, page
from common.web.paging import Cursor
from marvec.listings import goods
from marvec.search import asking, service
from marvec.search.schemas import Results, SearchQuery, Sort
from marvec.search.synonyms import names_city_service


@get("/pasar", guards=[guards.public])
async def market(request: Request[Any, Any, Any], cursor: Cursor = None) -> Response[Any]:
    """A filter that makes no sense is said at its field, and nothing is shown for it."""
    form = Form({name: [value] for name, value in request.query_params.items() if isinstance(value, str) and value})
    query, found, status = SearchQuery(), Results([], None), 200
    try:
        query = asking.asked(request.query_params)
        found = await service.search(query, cursor=cursor, with_facets=True)
    except Invalid as error:
        form.errors, form.message, status = error.fields, str(error), error.status
    return page("search/market.html", status, form=form, **_shown(request, query, found))


def _shown(request: Request[Any, Any, Any], query: SearchQuery, found: Results) -> dict[str, Any]:
    text = request.query_params.get("q", "")
    return {
        "query": query, "found": found, "search_text": text, "near": request.query_params.get("near", ""),
        "categories": goods.CATEGORY_NAMES, "facets": found.facets or {}, "districts": regions.all_kecamatan(), "sorts": list(Sort),
        "place_of": regions.kelurahan, "area": query.area, "city_service": names_city_service(text),
    }  # fmt: skip


router = Router("/", route_handlers=[market], include_in_schema=False)
