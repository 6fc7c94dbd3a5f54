"""What lies under every picture: the sky over Losari or a table by the window, and the band of diamonds."""

import random
from collections.abc import Callable

from PIL import ImageDraw

SIZE = (640, 480)
Canvas = ImageDraw.ImageDraw
Painter = Callable[[Canvas, random.Random], None]
Colour = tuple[int, int, int]
SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((58, 46, 92), (244, 150, 90)),
    ((92, 60, 104), (250, 184, 120)),
    ((40, 70, 110), (246, 170, 128)),
    ((120, 70, 92), (252, 208, 140)),
)
CLOTHS: tuple[tuple[Colour, Colour], ...] = (
    ((250, 238, 220), (236, 208, 176)),
    ((226, 236, 232), (178, 208, 202)),
    ((246, 228, 226), (226, 184, 180)),
    ((234, 228, 242), (196, 184, 218)),
    ((252, 242, 208), (238, 210, 140)),
    ((224, 232, 244), (176, 196, 224)),
)
WARM: tuple[Colour, ...] = ((214, 96, 60), (232, 156, 62), (246, 196, 83), (176, 68, 74), (142, 84, 112), (122, 46, 58))
LIVELY: tuple[Colour, ...] = (*WARM, (62, 118, 122), (74, 128, 92), (58, 82, 140), (232, 128, 138))
SEA: Colour = (44, 66, 96)
IVORY: Colour = (252, 248, 240)
INK: Colour = (70, 48, 44)
HORIZON = 300


def shade(colour: Colour, part: float) -> Colour:
    """Darker below 1, lighter above."""
    red, green, blue = (max(0, min(255, round(value * part))) for value in colour)
    return red, green, blue


def fade(canvas: Canvas, top: Colour, bottom: Colour, from_y: int, to_y: int) -> None:
    """A vertical gradient in bands of four pixels: finer is not seen after JPEG."""
    for y in range(from_y, to_y, 4):
        part = (y - from_y) / max(1, to_y - from_y)
        red, green, blue = (round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        canvas.rectangle((0, y, SIZE[0], y + 3), fill=(red, green, blue))


def dusk(canvas: Canvas, dice: random.Random) -> None:
    """Sky, the low sun, its path on the water."""
    top, bottom = dice.choice(SKIES)
    fade(canvas, top, bottom, 0, HORIZON)
    sun = dice.randint(150, 490)
    canvas.ellipse((sun - 46, HORIZON - 70, sun + 46, HORIZON + 22), fill=(255, 236, 190))
    fade(canvas, shade(bottom, 0.72), SEA, HORIZON, SIZE[1])
    for step in range(9):
        y, half = HORIZON + 10 + step * 15, 44 - step * 3 + dice.randint(-8, 8)
        canvas.rounded_rectangle((sun - half, y, sun + half, y + 4), 2, fill=shade(bottom, 1.02))


def table(canvas: Canvas, dice: random.Random) -> None:
    """A bright cloth with one large soft circle of light."""
    light, deep = dice.choice(CLOTHS)
    fade(canvas, light, deep, 0, SIZE[1])
    x, y = dice.randint(60, 240), dice.randint(-40, 60)
    canvas.ellipse((x, y, x + 400, y + 400), fill=shade(light, 1.03))


def diamonds(canvas: Canvas, dice: random.Random) -> None:
    colour = dice.choice(WARM)
    for x in range(16, SIZE[0], 32):
        canvas.polygon([(x, 452), (x + 9, 462), (x, 472), (x - 9, 462)], fill=colour)


def shadow(canvas: Canvas, box: tuple[int, int, int, int], ground: Colour = (206, 186, 168)) -> None:
    """A flat shadow a little below whatever stands at `box`."""
    left, top, right, bottom = box
    canvas.ellipse((left - 6, bottom - (bottom - top) // 5, right + 14, bottom + 16), fill=ground)
