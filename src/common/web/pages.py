"""The house's own addresses: static files, health, metrics, robots, manifest, and the API's description."""

import asyncio
import hmac
from typing import Any

from litestar import Request, Response, Router, asgi, get
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect
from litestar.types import Receive, Scope, Send

from common import i18n, metrics
from common.i18n import gettext as _
from common.settings import get_settings
from common.web import apidocs, gallery, health, static
from common.web.templating import Page, page

LOOPBACK = ("127.0.0.1", "::1")
ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /akun\nDisallow: /pesan\nDisallow: /pesanan\nDisallow: /cek/\nAllow: /\n"


async def public(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Anybody. (Identity has the same word; it stands above this room.)"""


async def loopback_or_token(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This machine itself, not through a proxy, or the bearer of `MARVEC_METRICS_TOKEN`. Others learn nothing: 404."""
    token = get_settings().metrics_token.get_secret_value()
    sent = connection.headers.get("authorization", "").removeprefix("Bearer ")
    is_local = connection.client is not None and connection.client.host in LOOPBACK and "x-forwarded-for" not in connection.headers
    if not is_local and not (token and hmac.compare_digest(sent.encode(), token.encode())):
        raise NotFoundException


@asgi(static.PREFIX, is_mount=True, copy_scope=True, guards=[public])
async def static_files(scope: Scope, receive: Receive, send: Send) -> None:
    await static.serve(scope, receive, send)


@get("/healthz", guards=[public], sync_to_thread=False)
def alive() -> dict[str, str]:
    return {"status": "ok"}


@get("/readyz", guards=[public])
async def ready() -> Response[dict[str, str]]:
    checks = await health.readiness()
    return Response(checks, status_code=200 if set(checks.values()) == {"ok"} else 503)


@get("/metrics", guards=[loopback_or_token])
async def prometheus() -> Response[bytes]:
    await metrics.ask()
    body, media_type = await asyncio.to_thread(metrics.exposition)  # it reads the files of every process
    return Response(body, media_type=media_type)


@get("/robots.txt", guards=[public], sync_to_thread=False)
def robots() -> Response[str]:
    return Response(f"{ROBOTS}Sitemap: {get_settings().base_url}/sitemap.xml\n", media_type="text/plain")


@get("/favicon.ico", guards=[public], sync_to_thread=False)
def favicon() -> Redirect:
    return Redirect(static.url("favicon.svg"), status_code=302)


@get("/apple-touch-icon.png", guards=[public], sync_to_thread=False)
def apple_touch_icon() -> Redirect:
    """Asked for by iPhones at this very address: no page needs to name it."""
    return Redirect(static.url("icon-180.png"), status_code=302)


@get("/sw.js", guards=[public], sync_to_thread=False)
def service_worker() -> Response[bytes]:
    return Response(static.worker(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@get("/luring", guards=[public], sync_to_thread=False)
def offline() -> Page:
    """What the service worker shows when the line is gone and the page was never seen. It fetches this without cookies."""
    return page("web/offline.html")


@get("/manifest.webmanifest", guards=[public], sync_to_thread=False, media_type="application/manifest+json")
def manifest() -> dict[str, Any]:
    icons = [
        {"src": static.url("favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        *[{"src": static.url(f"icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any"} for side in (192, 512)],
        {"src": static.url("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    shortcuts = [{"name": name, "url": url} for name, url in ((_("Pasar"), "/pasar"), (_("Layanan"), "/layanan"), (_("Pesan"), "/pesan"))]
    return {
        "name": "Marvec", "short_name": "Marvec", "description": _("Pasar dan layanan kota Makassar."), "lang": i18n.language(), "id": "/",
        "start_url": "/", "scope": "/", "display": "standalone", "background_color": "#fbf7f2", "theme_color": "#7a2e3a", "icons": icons,
        "shortcuts": shortcuts,
    }  # fmt: skip


@get("/api/openapi.json", guards=[public], sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    return Response(apidocs.schema_bytes(request.app), media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@get("/api/docs", guards=[public], sync_to_thread=False)
def documentation(request: Request[Any, Any, Any], q: str = "") -> Page:
    groups = apidocs.groups(request.app, q, get_settings().base_url)
    return page("web/api_docs.html", groups=groups, q=q)


router = Router(
    "/",
    route_handlers=[
        static_files,
        alive,
        ready,
        prometheus,
        robots,
        favicon,
        apple_touch_icon,
        service_worker,
        offline,
        manifest,
        openapi,
        documentation,
        gallery.show_gallery,
    ],
    include_in_schema=False,
)
