"""What the composition root calls: everything of this room, put around the application."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from litestar import Litestar, Request
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.handlers import BaseRouteHandler
from litestar.plugins import InitPlugin
from litestar.template.config import TemplateConfig
from litestar.types import ASGIApp

from common.i18n import prefer
from common.settings import Settings, get_settings
from common.web import apidocs, bodies, csrf, idempotency, problems, static, templating, unknown
from common.web.middleware import Ground


class OwnDocumentationOnly(InitPlugin):
    """Takes away Litestar's documentation pages, which load scripts from other people's servers; ours stand in pages.py.

    Appended last, since Litestar's own plugin, which adds them, comes after those of the application.
    """

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.route_handlers = [one for one in app_config.route_handlers if getattr(one, "path", "") != apidocs.CONFIG.path]
        return app_config


class Furniture(InitPlugin):
    """Templates, error answers, CSRF, idempotency, strictness and the body limit, for every route. `folders`: each room's `templates/`."""

    def __init__(self, folders: Sequence[Path], settings: Settings) -> None:
        self.folders = folders
        self.settings = settings

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        static.assets()  # packed once, at start, and a missing file is found now
        app_config.plugins.append(OwnDocumentationOnly())
        app_config.template_config = TemplateConfig(instance=JinjaTemplateEngine.from_environment(templating.environment(self.folders)))
        app_config.exception_handlers = {**problems.HANDLERS, **app_config.exception_handlers}
        app_config.guards = [*app_config.guards, at_the_door]
        app_config.before_request = before_handling
        app_config.after_request = idempotency.keep_answer
        app_config.plugins.append(bodies.Bounds())
        app_config.request_class = bodies.BoundedRequest
        app_config.multipart_form_part_limit = bodies.MOST_FIELDS
        return app_config


async def at_the_door(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The one app-level guard: the person's language in, too much and forged requests out, the idempotency key noted.

    One, because Litestar copies the handler for every guard (30 us each).
    """
    actor = connection.scope["state"].get("actor")
    prefer(actor.locale if actor else None)
    await bodies.check(connection, handler)
    await csrf.check(connection, handler)
    await idempotency.prepare(connection)


async def before_handling(request: Request[Any, Any, Any]) -> None:
    """The one app-level hook: after all guards, before a parameter is read."""
    await unknown.refuse_unknown(request)
    await bodies.check_upload(request)


def make_app(
    folders: Sequence[Path], settings: Settings | None = None, sockets: Mapping[str, ASGIApp] | None = None, **rest: Any
) -> Litestar:
    """A Litestar application with this room around it; `rest` goes to Litestar (`route_handlers`, `dependencies`, `lifespan`, ...).

    `sockets`: doors for websockets by path, bare ASGI applications; each says by itself who may enter. Routed before Litestar, whose
    objects would be held as long as a connection lives (5 kB each).

    Routers under /api set `include_in_schema=True` (Litestar's default); pages set it to False.
    """
    settings = settings or get_settings()
    plugins = [Furniture(folders, settings), *rest.pop("plugins", ())]
    # The limit of bodies stands here because Litestar 2.25 does not read a plugin's word on it.
    app = Litestar(plugins=plugins, openapi_config=apidocs.CONFIG, request_max_body_size=bodies.SMALL, **rest)
    # Outside of routing, so that unknown addresses, too, have an id, headers and a line in the log.
    app.asgi_handler = Ground(app.asgi_handler, settings, sockets)
    return app
