"""JSON of the directory."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter

from civic.directory import queries
from civic.directory.schemas import OfficeOut
from common import guards
from common.web.paging import Cursor, Limit, Page, keys_of, linked, page_of

LIST = "offices"
Words = Annotated[str, QueryParameter(name="q", max_length=200, description="words of the name, the tasks or the place")]


@get("/offices", guards=[guards.public], sync_to_thread=False)
def list_offices(request: Request[Any, Any, Any], q: Words = "", limit: Limit = 50, cursor: Cursor = None) -> Response[Page[OfficeOut]]:
    """Offices and Puskesmas of the city, by kind."""
    seen = keys_of(LIST, cursor)
    rows = queries.after(queries.find(q), seen[0] if seen else None, limit)
    return linked(request, page_of(rows, limit, LIST, lambda one: (one.code,), OfficeOut.of))


router = Router("/api/v1", route_handlers=[list_offices], tags=["city"])
