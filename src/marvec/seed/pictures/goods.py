"""What is worn, grown, made and mended."""

import random

from marvec.seed.pictures.ground import INK, IVORY, LIVELY, WARM, Canvas, Colour, shade, shadow

CROPS: tuple[Colour, ...] = ((220, 62, 48), (246, 172, 62), (120, 164, 72), (250, 220, 110), (146, 72, 110), (92, 132, 64))
STEEL: Colour = (150, 160, 170)


def basket(canvas: Canvas, dice: random.Random) -> None:
    shadow(canvas, (120, 300, 520, 420))
    colour = dice.choice(CROPS)
    for _ in range(34):
        x, y, wide = dice.randint(150, 430), dice.randint(130, 230), dice.randint(46, 70)
        canvas.ellipse((x, y, x + wide, y + wide), fill=shade(colour, dice.uniform(0.8, 1.2)))
    canvas.polygon([(120, 250), (520, 250), (470, 420), (170, 420)], fill=(186, 136, 82))
    for row in range(4):
        for column in range(9):
            x, y = 150 + column * 38 + row % 2 * 19, 262 + row * 38
            canvas.rounded_rectangle((x, y, x + 26, y + 18), 6, fill=(214, 168, 108))


def leaves(canvas: Canvas, dice: random.Random) -> None:
    shadow(canvas, (180, 340, 460, 430))
    for number in range(9):
        x, y = 320 + (number - 4) * 40, 110 + abs(number - 4) * 26
        green = shade((84, 142, 76), dice.uniform(0.75, 1.3))
        canvas.polygon([(320, 340), (x - 26, y + 60), (x, y), (x + 26, y + 60)], fill=green)
    canvas.polygon([(220, 320), (420, 320), (390, 430), (250, 430)], fill=dice.choice(WARM))


def bag(canvas: Canvas, dice: random.Random) -> None:
    for number in range(dice.randint(1, 2)):
        x, colour = 150 + number * 170, dice.choice(LIVELY)
        shadow(canvas, (x, 330, x + 190, 420))
        canvas.polygon([(x, 130), (x + 190, 130), (x + 206, 420), (x - 16, 420)], fill=colour)
        canvas.rectangle((x - 2, 104, x + 192, 140), fill=shade(colour, 0.75))
        canvas.ellipse((x + 30, 200, x + 160, 330), fill=IVORY)
        canvas.polygon([(x + 95, 222), (x + 132, 265), (x + 95, 308), (x + 58, 265)], fill=colour)


def cloth(canvas: Canvas, dice: random.Random) -> None:
    """Sengkang silk: bands of diamonds between stripes."""
    ground, first, second = dice.sample(LIVELY, 3)
    shadow(canvas, (130, 330, 510, 420))
    canvas.rectangle((120, 70, 520, 420), fill=ground)
    step = dice.choice((40, 50, 66))
    for row, y in enumerate(range(90, 400, step)):
        canvas.rectangle((120, y - 16, 520, y - 12), fill=shade(first, 1.2))
        for x in range(140, 520, step):
            half = step // 3
            points = [(x, y - half + 14), (x + half, y + 14), (x, y + half + 14), (x - half, y + 14)]
            canvas.polygon(points, fill=first if row % 2 else second)
    for x in range(124, 520, 12):
        canvas.line([(x, 420), (x - 2, 436)], fill=ground, width=3)


def dress(canvas: Canvas, dice: random.Random) -> None:
    """Baju bodo on its hanger."""
    colour, skirt = dice.sample(LIVELY, 2)
    canvas.line([(320, 60), (320, 90)], fill=INK, width=5)
    canvas.line([(220, 120), (320, 86), (420, 120)], fill=INK, width=5)
    right = [(420, 116), (500, 230), (450, 262), (420, 230), (420, 300)]
    canvas.polygon([*right, *((640 - x, y) for x, y in reversed(right))], fill=colour)
    canvas.polygon([(226, 296), (414, 296), (450, 430), (190, 430)], fill=skirt)
    for x in range(220, 430, 30):
        canvas.polygon([(x, 400), (x + 11, 412), (x, 424), (x - 11, 412)], fill=shade(skirt, 1.4))
    canvas.ellipse((300, 112, 340, 140), fill=(246, 206, 84))


def weaving(canvas: Canvas, dice: random.Random) -> None:
    """Woven lontar: a lidded box."""
    first, second = dice.sample(WARM, 2)
    shadow(canvas, (140, 330, 500, 430))
    canvas.rounded_rectangle((140, 180, 500, 420), 30, fill=first)
    for row in range(5):
        for column in range(10):
            if (row + column) % 2:
                x, y = 150 + column * 34, 210 + row * 40
                canvas.rounded_rectangle((x, y, x + 30, y + 34), 6, fill=second)
    canvas.pieslice((150, 90, 490, 300), 180, 360, fill=shade(first, 0.8))
    canvas.ellipse((300, 76, 340, 112), fill=second)


def tools(canvas: Canvas, dice: random.Random) -> None:
    shadow(canvas, (120, 340, 520, 430))
    handle = dice.choice(WARM)
    canvas.rounded_rectangle((120, 250, 520, 420), 20, fill=handle)
    canvas.rounded_rectangle((120, 250, 520, 296), 20, fill=shade(handle, 0.75))
    canvas.rounded_rectangle((280, 214, 360, 258), 14, outline=INK, width=10)
    canvas.polygon([(170, 90), (200, 90), (200, 246), (170, 246)], fill=STEEL)
    canvas.rounded_rectangle((140, 70, 250, 116), 8, fill=shade(STEEL, 0.7))
    canvas.line([(430, 90), (430, 246)], fill=dice.choice(LIVELY), width=26)
    canvas.line([(430, 60), (430, 120)], fill=STEEL, width=10)
    canvas.ellipse((300, 320, 340, 360), fill=IVORY)


def phone(canvas: Canvas, dice: random.Random) -> None:
    glow = dice.choice(LIVELY)
    shadow(canvas, (220, 350, 430, 430))
    canvas.rounded_rectangle((230, 60, 410, 420), 28, fill=(44, 44, 52))
    canvas.rounded_rectangle((244, 90, 396, 390), 10, fill=shade(glow, 1.3))
    canvas.line([(260, 110), (330, 200), (300, 240), (380, 360)], fill=IVORY, width=5)
    canvas.line([(330, 200), (390, 180)], fill=IVORY, width=4)
    canvas.rounded_rectangle((450, 200, 476, 400), 8, fill=STEEL)
    canvas.polygon([(450, 200), (476, 200), (463, 150)], fill=glow)


def bottle(canvas: Canvas, dice: random.Random) -> None:
    colour = dice.choice(((92, 140, 110), (74, 128, 142), (176, 132, 74)))
    for number in range(2):
        x, top = 200 + number * 140, 130 + number * 60
        shadow(canvas, (x, 340, x + 110, 420))
        canvas.rounded_rectangle((x + 34, top - 50, x + 76, top + 20), 8, fill=INK)
        canvas.rounded_rectangle((x, top, x + 110, 420), 30, fill=shade(colour, 1 + number * 0.2))
        canvas.rounded_rectangle((x + 12, top + 70, x + 98, 380), 10, fill=IVORY)
        canvas.rectangle((x + 48, top + 90, x + 62, top + 150), fill=colour)
        canvas.rectangle((x + 25, top + 113, x + 85, top + 127), fill=colour)
