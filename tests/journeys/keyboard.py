"""A person with a keyboard and no mouse. Whatever has the focus on the way must be seen to have it."""

from playwright.async_api import Locator, expect

from tests.journeys.walker import Walker

MOST_STEPS = 120
FAULT_OF_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nothing has the focus";
  const told = `${one.tagName} ${one.id || one.name || one.textContent.trim().slice(0, 30)}`;
  const styles = [one, one.closest("label, li, form, div")].filter(Boolean).map((shown) => getComputedStyle(shown));
  if (!styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)) return `${told} has no outline`;
  const box = one.getBoundingClientRect();
  const within = (at, most) => Math.min(Math.max(at, 1), most - 1);
  const seen = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].some(([x, y]) => {
    const there = document.elementFromPoint(within(box.left + x * box.width, innerWidth), within(box.top + y * box.height, innerHeight));
    return there && (one.contains(there) || there.contains(one));
  });
  return seen ? "" : `${told} is covered`;
}"""


class Typist:
    """The hands of a walker. `unseen` gathers where the focus could not be seen."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.page = walker, walker.page
        self.unseen: list[str] = []

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Over what stands in the field that has the focus."""
        await self.press("Control+a")
        await self.page.keyboard.type(text)

    async def reach(self, wanted: Locator, *, key: str = "Tab") -> None:
        """Step by step until the focus is there."""
        await expect(wanted).to_be_visible()
        await self.page.wait_for_load_state("load")  # with its stylesheet: an outline that has not come yet is not missing
        for _ in range(MOST_STEPS):
            await self.press(key)
            await self.look()
            if await wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{wanted} is out of reach on {self.page.url}")

    async def skip_to_content(self) -> None:
        """By the first link of every page."""
        await self.reach(self.page.get_by_role("link", name="Langsung ke isi"))
        await self.press("Enter")

    async def follow(self, name: str, *, exact: bool = True) -> None:
        await self.reach(self.page.locator("main").get_by_role("link", name=name, exact=exact).first)
        await self.press("Enter")

    async def send(self, button: str) -> None:
        await self.reach(self.page.locator("main").get_by_role("button", name=button, exact=True).first)
        await self.press("Enter")

    async def write(self, label: str, text: str) -> None:
        await self.reach(self.page.locator("main").get_by_label(label).first)
        await self.type(text)

    async def sign_in(self, address: str, password: str) -> None:
        """On the page to sign in."""
        await self.walker.see("Masuk")
        await self.skip_to_content()
        await self.write("Nomor HP atau email", address)
        await self.write("Kata sandi", password)
        await self.press("Enter")

    async def look(self) -> None:
        if fault := await self.page.evaluate(FAULT_OF_FOCUS):
            self.unseen.append(f"{self.page.url}: {fault}")
