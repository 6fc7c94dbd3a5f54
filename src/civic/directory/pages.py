"""`/kantor`: every office and Puskesmas of the city by kind, searchable."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from civic.directory import queries
from common import guards
from common.web import page
from common.web.templating import Page


@get("/kantor", guards=[guards.public], sync_to_thread=False)
def list_offices(q: Annotated[str, QueryParameter(name="q", max_length=200)] = "") -> Page:
    """All on one page: they are some hundred lines, and a person looks for one of them."""
    return page("directory/list.html", groups=queries.by_kind(queries.find(q)), q=q.strip(), section="city")


router = Router("/", route_handlers=[list_offices], include_in_schema=False)
