"""`/peta`: the city's kelurahan with the number of goods in each. Tap a kecamatan, then a kelurahan; a list says the same in words."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from common import db, guards
from common.web import citymap, page
from marvec.search import queries

Kecamatan = Annotated[str, QueryParameter(max_length=60)]
LETTERS_ACROSS = 28
"""Heights of a letter in the width of one kecamatan's drawing: 12 px on the smallest telephone."""


@get("/peta", guards=[guards.public])
async def show_map(kecamatan: Kecamatan = "") -> Response[Any]:
    """The whole city, or one kecamatan of it; an unknown name is the whole city."""
    groups = citymap.by_kecamatan()
    chosen = kecamatan if kecamatan in groups else ""
    async with db.hot() as connection:
        counts = await queries.count_by_kelurahan(connection)
    totals = {name: sum(counts.get(cell.place.code, 0) for cell in cells) for name, cells in groups.items()}
    drawing = _drawing(chosen)
    size = round(int(drawing["box"].split()[2]) / LETTERS_ACROSS)
    labels = citymap.labels(groups[chosen], size) if chosen else []
    return page("home/map.html", chosen=chosen, counts=counts, totals=totals, labels=labels, size=size, **drawing)


@get("/peta/pilih", guards=[guards.public], sync_to_thread=False)
def choose_on_map() -> Response[Any]:
    """The drawing alone, for the dialog beside a form's kelurahan field. It never changes within a release, so browsers keep it."""
    return page("home/choose.html", headers={"Cache-Control": "public, max-age=86400"}, **_drawing(""))


def _drawing(chosen: str) -> dict[str, Any]:
    groups = {name: (cells, citymap.middle(cells)) for name, cells in citymap.by_kecamatan().items()}
    return {"groups": groups, "box": citymap.view_box(chosen)}
