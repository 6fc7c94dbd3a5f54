"""A person at a telephone of 360 points: a browser context of its own, whose every page is looked at while it is walked.

`JOURNEY_PICTURES=<folder>` keeps a picture of every page that `see` is called on.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, ViewportSize, async_playwright, expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",  # two pages more behind each context's address bar, which nobody sees: a second of work
    # What Playwright itself turns off: of two such switches the last one counts.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", f"--disable-features={','.join(OFF)}",
]  # fmt: skip
WIDTH, HEIGHT = 360, 740
expect.set_options(timeout=30_000)  # a page that comes late on a busy machine is not wrong
PASSWORD = "phinisi di paotere"  # of invented people
EXPECTED_REFUSALS = re.compile(r"Failed to load resource.*40[149]")
_SIDEWAYS = """addEventListener("load", () => requestAnimationFrame(() => {
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) console.error(`sideways: ${location.pathname} is ${wide} wide`);
}))"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


class Walker:
    """One person's browser. `wrong` gathers what no page may do: errors of scripts and CSP, server errors, sideways scroll."""

    def __init__(self, name: str, context: BrowserContext, page: Page, city: str) -> None:
        self.name, self.context, self.page, self.city = name, context, page, city
        self.wrong: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("response", self._answered)

    @classmethod
    async def arrive(
        cls, browser: Browser, city: str, name: str, language: str = "id-ID", width: int = WIDTH, scripts: bool = True
    ) -> "Walker":
        """With `scripts=False` a browser that runs none."""
        screen: ViewportSize = {"width": width, "height": HEIGHT}
        context = await browser.new_context(viewport=screen, locale=language, reduced_motion="reduce", java_script_enabled=scripts)
        context.set_default_timeout(30_000)
        await context.add_init_script(_SIDEWAYS)
        return cls(name, context, await context.new_page(), city)

    async def go(self, path: str) -> None:
        answer = await self.page.goto(self.city + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    async def see(self, title: str) -> None:
        """The page with this heading has come."""
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        await self.picture(re.sub(r"\W+", "-", title))

    async def press(self, button: str) -> None:
        await self.page.get_by_role("button", name=button, exact=True).click()

    async def follow(self, link: str) -> None:
        await self.page.get_by_role("link", name=link, exact=True).first.click()

    async def fill(self, **fields: str) -> None:
        """Into the fields of these names; a choice is made where the field offers one."""
        for name, value in fields.items():
            await _fill_one(self.page.locator(f"#isi [name='{name}']"), value)

    async def sign_up(self, address: str) -> None:
        """A new account, confirmed with the code that the demonstration city shows."""
        await self.go("/daftar")
        await self.see("Buat akun")
        await self.fill(name=self.name, address=address, password=PASSWORD)
        await self.page.get_by_role("checkbox").check()
        await self.press("Daftar")
        await self.see("Masukkan kode")
        await self.fill(code=await self._code_sent_to(address))
        await self.press("Konfirmasi")
        await self.see(self.name)

    async def sign_in(self, address: str, password: str) -> None:
        await self.go("/masuk")
        await self.fill(address=address, password=password)
        await self.press("Masuk")
        await self.see(self.name)

    async def _code_sent_to(self, address: str) -> str:
        post = await self.context.new_page()
        letter = post.locator("li", has_text=address).first
        await post.goto(f"{self.city}/dev/pesan")
        await reload_until(letter)
        found = re.search(r"\b\d{6}\b", await letter.inner_text())
        await post.close()
        assert found, "a letter without a code"
        return found[0]

    async def stand_still(self) -> None:
        """Leave a mark on the page that no reload would leave."""
        await self.page.evaluate("window.stands = true")

    async def stood_still(self) -> bool:
        """The page is still the one that `stand_still` was said on."""
        return bool(await self.page.evaluate("window.stands === true"))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED_REFUSALS.search(message.text):
            self.wrong.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.url}: {response.status}")

    async def picture(self, title: str) -> None:
        """Kept when pictures are asked for."""
        if folder := os.environ.get("JOURNEY_PICTURES"):
            number = len(list(Path(folder).glob("*.png")))
            await self.page.screenshot(path=f"{folder}/{number:03}-{self.name.split()[0]}-{title}.png", full_page=True)


async def _fill_one(field: Locator, value: str) -> None:
    kind = await field.first.evaluate("one => one.type === 'radio' ? 'radio' : one.tagName")
    if kind == "radio":
        await field.and_(field.page.locator(f"[value='{value}']")).check()
    elif kind == "SELECT":
        await field.select_option(label=value)
    else:
        await field.fill(value)


async def reload_until(wanted: Locator) -> None:
    """Ask the page again until a job has done what it shows."""
    for _ in range(100):
        if await wanted.count():
            return
        await wanted.page.reload()
    raise AssertionError(f"{wanted} never came on {wanted.page.url}")
