"""What is eaten and drunk."""

import math
import random

from marvec.seed.pictures.ground import INK, IVORY, WARM, Canvas, Colour, shade, shadow

BROTHS: tuple[Colour, ...] = ((150, 92, 50), (196, 128, 56), (92, 58, 44), (222, 176, 92), (176, 74, 48))
TOPPINGS: tuple[Colour, ...] = ((92, 140, 70), (232, 72, 52), (250, 232, 180), (124, 74, 50), (246, 196, 83), (196, 216, 120))
SWEETS: tuple[Colour, ...] = ((104, 152, 84), (240, 196, 110), (216, 120, 130), (122, 76, 52), (250, 240, 220), (146, 98, 148))
LEAF: Colour = (76, 128, 72)
FISHES: tuple[Colour, ...] = ((120, 142, 164), (196, 96, 84), (152, 166, 172), (86, 108, 140))


def _scatter(
    canvas: Canvas, dice: random.Random, box: tuple[int, int, int, int], colours: tuple[Colour, ...], many: int, size: int
) -> None:
    for _ in range(many):
        x, y, wide = dice.randint(box[0], box[2]), dice.randint(box[1], box[3]), dice.randint(size // 2, size)
        canvas.ellipse((x, y, x + wide, y + wide * 2 // 3), fill=dice.choice(colours))


def bowl(canvas: Canvas, dice: random.Random) -> None:
    shadow(canvas, (150, 140, 490, 400))
    canvas.pieslice((140, 20, 500, 420), 0, 180, fill=dice.choice(WARM))
    canvas.ellipse((140, 150, 500, 290), fill=IVORY)
    canvas.ellipse((160, 160, 480, 280), fill=dice.choice(BROTHS))
    _scatter(canvas, dice, (220, 182, 390, 236), TOPPINGS, dice.randint(9, 16), 40)
    for rise in range(3):
        x = 250 + rise * 60
        canvas.arc((x, 70, x + 34, 150), 90, 270, fill=IVORY, width=5)


def plate(canvas: Canvas, dice: random.Random) -> None:
    shadow(canvas, (110, 120, 530, 410))
    canvas.ellipse((110, 110, 530, 410), fill=IVORY)
    canvas.ellipse((150, 138, 490, 378), fill=shade(IVORY, 0.95))
    canvas.ellipse((200, 170, 400, 330), fill=dice.choice(((250, 244, 226), (240, 196, 96), (214, 120, 72))))
    _scatter(canvas, dice, (230, 190, 420, 300), (*TOPPINGS, *BROTHS), dice.randint(10, 18), 54)
    canvas.polygon([(400, 210), (470, 190), (450, 260)], fill=LEAF)


def parcel(canvas: Canvas, dice: random.Random) -> None:
    """Wrapped in banana leaf: songkolo, burasa, barongko."""
    shadow(canvas, (120, 200, 520, 400))
    for number in range(dice.randint(3, 4)):
        x, y = 110 + number * 100, 170 + dice.randint(0, 60)
        canvas.polygon([(x, y + 40), (x + 110, y), (x + 170, y + 130), (x + 50, y + 180)], fill=shade(LEAF, dice.uniform(0.85, 1.25)))
        canvas.line([(x + 56, y + 20), (x + 110, y + 156)], fill=shade(LEAF, 0.7), width=4)
        canvas.line([(x + 30, y + 110), (x + 150, y + 66)], fill=(226, 202, 140), width=8)


def cakes(canvas: Canvas, dice: random.Random) -> None:
    """Layered squares on a leaf."""
    canvas.ellipse((60, 140, 590, 440), fill=LEAF)
    for place in range(dice.randint(4, 6)):
        x, y, layers = 116 + place % 3 * 140, 190 + place // 3 * 110 + dice.randint(-8, 8), dice.randint(2, 4)
        first = dice.randrange(len(SWEETS))
        for layer in range(layers):
            colour = SWEETS[(first + layer) % len(SWEETS)]
            canvas.rounded_rectangle((x, y + layer * 22, x + 110, y + layer * 22 + 24), 6, fill=colour)
        canvas.polygon([(x, y + 4), (x + 24, y - 16), (x + 132, y - 16), (x + 108, y + 4)], fill=shade(SWEETS[first], 1.12))


def tray(canvas: Canvas, dice: random.Random) -> None:
    """A bosara: many small things in rings."""
    shadow(canvas, (90, 150, 550, 410))
    canvas.ellipse((90, 130, 550, 410), fill=dice.choice(WARM))
    canvas.ellipse((112, 144, 528, 396), fill=IVORY)
    for row, (many, wide) in enumerate(((9, 60), (6, 58), (3, 56))):
        colour = dice.choice((*SWEETS, *TOPPINGS))
        for step in range(many):
            x, y = _around(step / many, 160 - row * 58, 90 - row * 34)
            canvas.ellipse((x - wide // 2, y - wide // 3, x + wide // 2, y + wide // 3), fill=colour, outline=shade(colour, 0.8), width=2)


def _around(part: float, half_width: int, half_height: int) -> tuple[int, int]:
    """A point of an ellipse around the tray's middle."""
    angle = part * math.tau
    return round(320 + math.cos(angle) * half_width), round(270 + math.sin(angle) * half_height)


def cone(canvas: Canvas, dice: random.Random) -> None:
    """Tumpeng on its tray."""
    shadow(canvas, (100, 240, 540, 410))
    canvas.ellipse((100, 290, 540, 420), fill=LEAF)
    canvas.polygon([(320, 80), (220, 350), (420, 350)], fill=dice.choice(((246, 206, 84), (252, 246, 228))))
    canvas.polygon([(320, 80), (300, 134), (340, 134)], fill=shade(LEAF, 1.2))
    _scatter(canvas, dice, (130, 315, 480, 365), (*TOPPINGS, *BROTHS), 26, 46)


def fish(canvas: Canvas, dice: random.Random) -> None:
    shadow(canvas, (90, 240, 550, 410), (178, 196, 204))
    canvas.rounded_rectangle((80, 130, 560, 420), 24, fill=(226, 238, 244))
    for row in range(dice.randint(2, 3)):
        colour, y = dice.choice(FISHES), 150 + row * 86
        x = 120 + dice.randint(0, 50)
        canvas.ellipse((x, y, x + 300, y + 80), fill=colour)
        canvas.pieslice((x, y + 14, x + 300, y + 80), 10, 170, fill=shade(colour, 1.3))
        canvas.polygon([(x + 285, y + 40), (x + 350, y + 4), (x + 336, y + 40), (x + 350, y + 78)], fill=shade(colour, 0.85))
        canvas.ellipse((x + 34, y + 26, x + 50, y + 42), fill=IVORY)
        canvas.ellipse((x + 38, y + 30, x + 46, y + 38), fill=INK)


def jar(canvas: Canvas, dice: random.Random) -> None:
    for number in range(dice.randint(1, 3)):
        x, fill = 110 + number * 150, dice.choice((*WARM, *TOPPINGS))
        shadow(canvas, (x, 300, x + 140, 410))
        canvas.rounded_rectangle((x, 150, x + 140, 410), 26, fill=(244, 246, 246))
        canvas.rounded_rectangle((x + 10, 200, x + 130, 400), 20, fill=fill)
        canvas.rounded_rectangle((x + 6, 116, x + 134, 160), 10, fill=shade(fill, 0.6))
        canvas.rounded_rectangle((x + 24, 256, x + 116, 340), 8, fill=IVORY)
        canvas.polygon([(x + 70, 272), (x + 94, 298), (x + 70, 324), (x + 46, 298)], fill=fill)


def glass(canvas: Canvas, dice: random.Random) -> None:
    fill = dice.choice(((226, 96, 110), (246, 184, 72), (140, 180, 90), (122, 74, 60), (250, 236, 210)))
    shadow(canvas, (220, 320, 420, 420))
    canvas.polygon([(210, 90), (430, 90), (400, 420), (240, 420)], fill=(246, 250, 250))
    canvas.polygon([(220, 170), (420, 170), (396, 408), (244, 408)], fill=fill)
    for _ in range(6):
        x, y = dice.randint(240, 360), dice.randint(160, 250)
        canvas.rounded_rectangle((x, y, x + 40, y + 36), 8, fill=shade(fill, 1.3), outline=IVORY, width=2)
    canvas.line([(380, 40), (330, 380)], fill=dice.choice(WARM), width=10)


def cup(canvas: Canvas, dice: random.Random) -> None:
    colour = dice.choice(WARM)
    shadow(canvas, (180, 300, 460, 420))
    canvas.ellipse((140, 350, 500, 430), fill=IVORY)
    canvas.arc((400, 210, 510, 340), 250, 110, fill=colour, width=20)
    canvas.pieslice((190, 60, 450, 400), 0, 180, fill=colour)
    canvas.ellipse((190, 190, 450, 270), fill=shade(colour, 1.25))
    canvas.ellipse((206, 198, 434, 262), fill=(84, 52, 40))
    canvas.ellipse((270, 214, 370, 244), fill=(176, 124, 84))
    for rise in range(3):
        x = 260 + rise * 50
        canvas.arc((x, 90, x + 30, 170), 90, 270, fill=IVORY, width=5)
