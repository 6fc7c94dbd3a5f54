"""Pages of orders: the two sides' own, a dispute's, and the operator's desk of disputes."""

from litestar import Router

from marvec.orders.pages import deciding, disputes, showing

router = Router("/", route_handlers=[*showing.HANDLERS, *disputes.HANDLERS, *deciding.HANDLERS], include_in_schema=False)
