"""`/gaya`: the living page of components, every one in every state. `?tema=gelap|terang` shows the other theme, `?bahasa=en` English."""

from datetime import timedelta
from typing import Annotated, Any

from litestar import get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from common import clock
from common.i18n import N_
from common.i18n import gettext as _
from common.web.fields import Form
from common.web.icons import PATHS
from common.web.templating import Page, page

THEMES = ("terang", "gelap")
WEEKS = ((7, 180_000), (14, 240_000), (21, 0), (28, 415_000), (35, 390_000), (42, 520_000))
"""Days ago, rupiah: an invented shop's weeks."""
KINDS = ((N_("Makanan"), 1_250_000, "84"), (N_("Kue"), 640_000, "51"), (N_("Kerajinan"), 210_000, "6"))


async def public(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Anybody."""


@get("/gaya", guards=[public], sync_to_thread=False)
def show_gallery(theme: Annotated[str, QueryParameter(name="tema", max_length=10)] = "") -> Page:
    today = clock.today()
    wrong = Form(
        {"wrong": ["ab"], "price": ["25000"], "place": ["73.71.01.1001"]}, {"wrong": _("Terlalu pendek.")}, _("Ada yang belum pas.")
    )
    return page(
        "web/gaya.html", theme=theme if theme in THEMES else "", themes=THEMES, wrong=wrong, icons=sorted(PATHS),
        now=clock.now(), soon=clock.now() + timedelta(hours=5), today=today,
        weeks=[((today - timedelta(days=days)).strftime("%d/%m"), amount) for days, amount in reversed(WEEKS)],
        kinds=[(_(name), amount, pieces) for name, amount, pieces in KINDS],
    )  # fmt: skip
