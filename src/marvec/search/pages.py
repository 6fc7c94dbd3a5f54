"""`/pasar`: the market, with words, filters, sorts and a choice of list or grid. Everything is in the address, so it works without
JavaScript and can be shared; links of filters come back to where the filters stand.
"""

from typing import Any

from litestar import Request, Response, Router, get

from common import guards, regions
from common.errors import Invalid
from common.web import Form, page
from common.web.paging import Cursor
from common.web.standing import Standing, remember, standing_of
from marvec.listings import goods
from marvec.search import asking, service
from marvec.search.chips import chips_of
from marvec.search.parse import parse
from marvec.search.schemas import Results, SearchQuery, Sort
from marvec.search.synonyms import names_city_service

LIST, GRID = "daftar", "kisi"
"""`?tampilan=`: rows with more to read, or pictures side by side."""


@get("/pasar", guards=[guards.public])
async def market(request: Request[Any, Any, Any], cursor: Cursor = None) -> Response[Any]:
    """A filter that makes no sense is said at its field, and nothing is shown for it."""
    form = Form({name: [value] for name, value in request.query_params.items() if isinstance(value, str) and value})
    query, found, status = SearchQuery(), Results([], None), 200
    standing = standing_of(request)
    try:
        query = _from(standing, asking.asked(request.query_params))
        found = await service.search(query, cursor=cursor, with_facets=True)
    except Invalid as error:
        form.errors, form.message, status = error.fields, str(error), error.status
    answer = page("search/market.html", status, form=form, standing=standing, **_shown(request, query, found))
    return remember(request, answer)


def _from(standing: Standing | None, query: SearchQuery) -> SearchQuery:
    """Distances are counted from where the visitor stands, unless the query draws a circle or names a point of its own."""
    if standing is None or query.near is not None or query.radius_km is not None:
        return query
    return query.model_copy(update={"near": (standing.lat, standing.lon)})


def _shown(request: Request[Any, Any, Any], query: SearchQuery, found: Results) -> dict[str, Any]:
    text = request.query_params.get("q", "")
    view = request.query_params.get("tampilan", GRID)
    return {
        "query": query, "found": found, "search_text": text, "view": view if view == LIST else GRID,
        "near": "{:.4f},{:.4f}".format(*query.centre) if query.centre else "",
        "categories": goods.CATEGORY_NAMES, "facets": found.facets or {}, "districts": regions.all_kecamatan(), "sorts": list(Sort),
        "place_of": regions.kelurahan, "chips": chips_of(request.query_params, query, parse(text)),
        "city_service": names_city_service(text),
    }  # fmt: skip


router = Router("/", route_handlers=[market], include_in_schema=False)
