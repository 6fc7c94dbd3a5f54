"""Pages of goods: what everybody sees, and the seller's desk."""

from litestar import Router

from marvec.listings.pages import desk, showing

router = Router("/", route_handlers=[*showing.HANDLERS, *desk.HANDLERS], include_in_schema=False)
