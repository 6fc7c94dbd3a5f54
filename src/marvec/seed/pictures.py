"""Pictures for the demonstration's goods, drawn here: dusk over Losari, and a dish, cloth or tool as plain shapes."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE = (800, 600)
Colour = tuple[int, int, int]
SKIES: list[tuple[Colour, Colour]] = [
    ((250, 214, 165), (196, 92, 72)),
    ((253, 232, 200), (226, 143, 92)),
    ((222, 205, 226), (142, 84, 112)),
    ((205, 226, 222), (62, 118, 122)),
    ((246, 226, 214), (176, 68, 74)),
]
FILLINGS: list[Colour] = [(246, 196, 83), (214, 96, 60), (128, 160, 72), (240, 228, 200), (120, 68, 44), (232, 128, 138), (90, 58, 92)]
FOOD = frozenset({"makanan", "kue", "ikan", "tani", "camilan", "katering", "sembako", "rempah"})
DRINKS = frozenset({"minuman", "kopi"})
CLOTH = frozenset({"fashion", "tenun", "kerajinan"})


def draw(title: str, category: str) -> bytes:
    """A JPEG that is always the same for the same thing."""
    dice = random.Random(f"{title}/{category}")  # noqa: S311  always the same picture
    image = Image.new("RGB", SIZE)
    canvas = ImageDraw.Draw(image)
    _sky(canvas, *dice.choice(SKIES))
    _painter_of(category)(canvas, dice)
    _diamonds(canvas, dice.choice(FILLINGS))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _painter_of(category: str) -> Callable[[ImageDraw.ImageDraw, random.Random], None]:
    if category in FOOD:
        return _dish
    if category in DRINKS:
        return _glass
    return _cloth if category in CLOTH else _tile


def _sky(canvas: ImageDraw.ImageDraw, top: Colour, bottom: Colour) -> None:
    width, height = SIZE
    for y in range(height):
        part = y / height
        red, green, blue = (round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        canvas.line([(0, y), (width, y)], fill=(red, green, blue))


def _dish(canvas: ImageDraw.ImageDraw, dice: random.Random) -> None:
    canvas.ellipse((160, 150, 640, 530), fill=(252, 248, 240), outline=(222, 210, 196), width=6)
    canvas.ellipse((205, 190, 595, 490), fill=(244, 236, 224))
    for _ in range(dice.randint(7, 16)):
        x, y, size = dice.randint(270, 500), dice.randint(240, 410), dice.randint(38, 84)
        canvas.ellipse((x, y, x + size, y + size * 0.8), fill=dice.choice(FILLINGS), outline=(90, 58, 44), width=2)


def _glass(canvas: ImageDraw.ImageDraw, dice: random.Random) -> None:
    fill = dice.choice(FILLINGS)
    canvas.polygon([(290, 130), (510, 130), (480, 520), (320, 520)], fill=(250, 250, 248))
    canvas.polygon([(300, 230), (500, 230), (478, 510), (322, 510)], fill=fill)
    for _ in range(5):
        x, y = dice.randint(320, 440), dice.randint(240, 300)
        canvas.rectangle((x, y, x + 42, y + 38), fill=(255, 255, 255), outline=fill, width=2)


def _cloth(canvas: ImageDraw.ImageDraw, dice: random.Random) -> None:
    canvas.rectangle((190, 110, 610, 520), fill=dice.choice(FILLINGS))
    for row in range(4):
        colour = dice.choice(FILLINGS)
        for column in range(6):
            x, y = 225 + column * 66, 160 + row * 95
            canvas.polygon([(x, y - 30), (x + 26, y), (x, y + 30), (x - 26, y)], fill=colour)


def _tile(canvas: ImageDraw.ImageDraw, dice: random.Random) -> None:
    for _ in range(9):
        x, y, side = dice.randint(170, 520), dice.randint(130, 400), dice.randint(60, 130)
        canvas.rounded_rectangle((x, y, x + side, y + side), radius=18, fill=dice.choice(FILLINGS), outline=(255, 250, 244), width=5)


def _diamonds(canvas: ImageDraw.ImageDraw, colour: Colour) -> None:
    for x in range(20, SIZE[0], 40):
        canvas.polygon([(x, 566), (x + 10, 578), (x, 590), (x - 10, 578)], fill=colour)
