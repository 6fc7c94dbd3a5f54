"""Takes every page in a real Chromium, three widths, light and dark, both languages: `scripts/screens`, into screens/ with an index.

Starts a city of its own with the demonstration, unless `--url` names one that runs.
"""

import argparse
import asyncio
import html
import itertools
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext

from tests.journeys.places import PLACES, Place, addresses, enter
from tests.journeys.walker import chromium
from tests.marvec.cli.make import running_city

FOLDER = Path(__file__).resolve().parents[2] / "screens"
WIDTHS = {360: 740, 768: 1024, 1280: 800}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("id", "en")
HEIGHT = "document.documentElement.scrollHeight"


async def main() -> None:
    asked = _asked()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with _city(asked.url) as city:
        async with chromium() as browser:
            for place in PLACES:
                if not asked.person or asked.person == place.name:
                    await _take_place(browser, city, place, asked)
    _write_index()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures: {FOLDER / 'index.html'}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/screens", description=__doc__)
    parser.add_argument("--url", help="a city that runs already, with its demonstration")
    parser.add_argument("--only", default="", help="only pages whose address has this in it")
    parser.add_argument("--person", choices=[place.name for place in PLACES], help="only this person")
    parser.add_argument("--widths", type=int, nargs="*", default=list(WIDTHS))
    parser.add_argument("--schemes", nargs="*", default=SCHEMES)
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    return parser.parse_args()


@contextmanager
def _city(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder, running_city(Path(folder) / "var", demo=True) as city:
        city.wait_for_history()
        yield f"http://127.0.0.1:{city.port}"


async def _take_place(browser: Browser, city: str, place: Place, asked: argparse.Namespace) -> None:
    """One sign-in for all the person's pictures: the session is carried from context to context."""
    async with await browser.new_context() as context:
        await enter(context, city, place)
        state = await context.storage_state()
        paths = [path for path in await addresses(context, city, place, in_an_old_city=bool(asked.url)) if asked.only in path]
    for scheme, language in itertools.product(asked.schemes, asked.languages):
        cookies = [*state["cookies"], {"name": "bahasa", "value": language, "url": city}]
        async with await browser.new_context(color_scheme=scheme, reduced_motion="reduce", service_workers="block") as context:
            await context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave itself
            for width in asked.widths:
                await _take(context, city, place, paths, (width, scheme, language))
    print(f"{place.name}: {len(paths)} pages")


async def _take(context: BrowserContext, city: str, place: Place, paths: list[str], how: tuple[int, str, str]) -> None:
    width, scheme, language = how
    page = await context.new_page()
    await page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 800)})
    for number, path in enumerate(paths):
        # A person's own language goes before the cookie, but not before what is asked for.
        await page.goto(f"{city}{path}{'&' if '?' in path else '?'}bahasa={language}")
        await page.evaluate("for (const one of document.images) one.loading = 'eager'")
        await page.wait_for_load_state("networkidle")
        # As tall as the page: the bar at the bottom stands at the end of the picture, not across its middle.
        await page.set_viewport_size({"width": width, "height": max(WIDTHS.get(width, 800), await page.evaluate(HEIGHT))})
        name = re.sub(r"[^\w-]+", "-", re.sub(r"[0-9a-f-]{36}", "id", path)).strip("-") or "beranda"
        await page.screenshot(path=FOLDER / f"{place.name}.{number:02}-{name}.{width}.{scheme}.{language}.png", full_page=True)
        await page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 800)})
    await page.close()


def _write_index() -> None:
    """One row a page: every width, theme and language beside each other."""
    groups = itertools.groupby(sorted(FOLDER.glob("*.png")), lambda path: path.name.rsplit(".", 4)[0])
    rows = "".join(f"<h2>{html.escape(name)}</h2><p>{''.join(_figure(path) for path in paths)}</p>" for name, paths in groups)
    style = "body{font:14px sans-serif;background:#888}p{display:flex;gap:8px;overflow-x:auto;align-items:start}img{height:480px}"
    (FOLDER / "index.html").write_text(f"<!doctype html><meta charset=utf-8><title>Marvec</title><style>{style}</style>{rows}", "utf-8")


def _figure(path: Path) -> str:
    return f'<a href="{path.name}"><img loading="lazy" src="{path.name}" alt="{path.stem}" title="{path.stem}"></a>'


if __name__ == "__main__":
    asyncio.run(main())
