"""`/sitemap.xml`: an index, and pages of addresses after the sitemaps protocol (sitemaps.org, 0.9): what anybody may read."""

from xml.sax.saxutils import escape

from litestar import Response, get
from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncSession

from common import db, guards, money
from common.settings import get_settings
from marvec.search import queries as search
from marvec.storefronts import queries as storefronts

PER_PAGE = 5_000
"""Addresses a file; the protocol allows 50,000, and ours are written while a request waits."""
STANDING = ("/", "/pasar", "/peta", "/layanan", "/kantor", "/cek")
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@get("/sitemap.xml", guards=[guards.public])
async def show_index() -> Response[str]:
    """Page 0 holds standing pages and shops, the others goods."""
    async with db.hot() as connection:
        goods = await search.count_shown(connection)
    pages = 1 + -(-goods // PER_PAGE)
    return _xml("sitemapindex", "sitemap", [f"/sitemap/{number}.xml" for number in range(pages)])


@get("/sitemap/{name:str}", guards=[guards.public])
async def show_page(session: AsyncSession, name: str) -> Response[str]:
    number = name.removesuffix(".xml")
    if not (money.is_number(number) and len(number) < 6):
        raise NotFoundException
    if int(number) == 0:
        slugs = await storefronts.open_slugs(session, PER_PAGE)
        return _xml("urlset", "url", [*STANDING, *(f"/toko/{slug}" for slug in slugs)])
    async with db.hot() as connection:
        ids = await search.shown_ids(connection, (int(number) - 1) * PER_PAGE, PER_PAGE)
    return _xml("urlset", "url", [f"/barang/{listing_id}" for listing_id in ids])


def _xml(root: str, child: str, paths: list[str]) -> Response[str]:
    base = get_settings().base_url
    lines = "".join(f"<{child}><loc>{escape(base + path)}</loc></{child}>\n" for path in paths)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n{lines}</{root}>\n'
    return Response(body, media_type="application/xml", headers={"Cache-Control": "public, max-age=3600"})
