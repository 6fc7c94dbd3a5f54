"""What the composition root calls: everything of this room, put around the application."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.handlers import BaseRouteHandler
from litestar.plugins import InitPlugin
from litestar.template.config import TemplateConfig
from litestar.types import ASGIApp

from common.i18n import prefer
from common.settings import Settings, get_settings
from common.web import apidocs, csrf, idempotency, problems, static, templating, unknown
from common.web.middleware import Ground

SLACK = 1024 * 1024
"""Bytes around an upload: the other fields of its form."""


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
        app_config.before_request = unknown.refuse_unknown
        app_config.after_request = idempotency.keep_answer
        app_config.request_max_body_size = self.settings.upload_limit + SLACK
        return app_config


async def at_the_door(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The one app-level guard: forged requests out, the person's language in, the idempotency key noted.

    One, because Litestar copies the handler for every guard (30 us each).
    """
    actor = connection.scope["state"].get("actor")
    prefer(actor.locale if actor else None)
    await csrf.check(connection, handler)
    await idempotency.prepare(connection)


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
    app = Litestar(plugins=plugins, openapi_config=apidocs.CONFIG, **rest)
    # Outside of routing, so that unknown addresses, too, have an id, headers and a line in the log.
    app.asgi_handler = Ground(app.asgi_handler, settings, sockets)
    return app
