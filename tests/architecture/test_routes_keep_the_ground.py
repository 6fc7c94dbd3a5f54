"""What the web room puts around every route is not lost by a route of its own ways."""

import inspect
from collections.abc import Iterator

from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler


def handlers(app: Litestar) -> Iterator[BaseRouteHandler]:
    for route in app.routes:
        yield from getattr(route, "route_handlers", None) or [route.route_handler]  # type: ignore[union-attr]  # all other kinds have one


def test_no_route_loses_the_kept_answer_of_an_idempotency_key(app: Litestar) -> None:
    posts = [one for one in handlers(app) if isinstance(one, HTTPRouteHandler) and "POST" in one.http_methods]
    lost = [f"{one}" for one in posts for layer in one.ownership_layers if layer is not app and layer.after_request is not None]
    assert app.after_request is not None
    assert lost == []


def test_no_guard_goes_through_a_thread(app: Litestar) -> None:
    """A plain function does: 150 us a request, and a ContextVar that it sets is lost."""
    declared = {guard for one in handlers(app) for guard in one.guards or ()}
    assert [guard.__qualname__ for guard in declared if not inspect.iscoroutinefunction(guard)] == []
