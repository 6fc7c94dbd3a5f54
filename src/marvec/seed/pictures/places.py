"""What stands under the sky: the sea, boats, islands, a feast, a house."""

import random

from marvec.seed.pictures.ground import HORIZON, INK, IVORY, LIVELY, WARM, Canvas, shade


def boat(canvas: Canvas, dice: random.Random) -> None:
    """A phinisi with seven sails, more or less."""
    x, y = dice.randint(120, 200), HORIZON + 40
    hull = [(x, y), (x + 300, y), (x + 340, y - 30), (x + 270, y + 56), (x + 40, y + 56)]
    canvas.polygon(hull, fill=dice.choice(((92, 54, 44), (62, 46, 66), (122, 46, 58))))
    canvas.line([(x + 6, y + 12), (x + 316, y + 10)], fill=IVORY, width=5)
    for mast, high in ((90, 210), (200, 240)):
        canvas.line([(x + mast, y), (x + mast, y - high)], fill=INK, width=6)
        canvas.polygon([(x + mast + 6, y - 14), (x + mast + 6, y - high + 40), (x + mast + 90, y - 14)], fill=IVORY)
        canvas.polygon([(x + mast - 6, y - 14), (x + mast - 6, y - high + 60), (x + mast - 70, y - 14)], fill=shade(IVORY, 0.92))
    canvas.polygon([(x + 300, y - 10), (x + 226, y - 190), (x + 380, y - 50)], fill=shade(IVORY, 0.96))


def island(canvas: Canvas, dice: random.Random) -> None:
    """Sand and palms of the Spermonde islands."""
    x = dice.randint(150, 260)
    canvas.ellipse((x - 90, HORIZON - 10, x + 270, HORIZON + 70), fill=(240, 214, 160))
    for number in range(3):
        foot, high, lean = x + number * 80, dice.randint(110, 170), dice.randint(-20, 36)
        top = (foot + lean, HORIZON + 10 - high)
        canvas.line([(foot, HORIZON + 20), top], fill=(98, 66, 50), width=10)
        for dx, dy in ((-60, 16), (-46, -22), (0, -34), (46, -22), (60, 16)):
            canvas.polygon([top, (top[0] + dx, top[1] + dy), (top[0] + dx // 2, top[1] + dy // 2 + 18)], fill=(48, 96, 74))
    canvas.polygon([(430, 380), (600, 380), (570, 410), (460, 410)], fill=dice.choice(WARM))


def tent(canvas: Canvas, dice: random.Random) -> None:
    """A feast: the striped roof, its garlands, chairs."""
    first, second = dice.sample(LIVELY, 2)
    canvas.polygon([(320, 70), (70, 210), (570, 210)], fill=first)
    for number in range(5):
        x = 70 + number * 100
        canvas.polygon([(320, 70), (x + 30, 210), (x + 70, 210)], fill=second)
    for x in range(70, 570, 50):
        canvas.pieslice((x, 186, x + 50, 236), 0, 180, fill=IVORY if x % 100 else second)
    for x in (90, 550):
        canvas.line([(x, 210), (x, 420)], fill=INK, width=8)
    for x in range(150, 500, 80):
        canvas.rounded_rectangle((x, 330, x + 44, 380), 6, fill=first)
        canvas.line([(x + 4, 380), (x + 4, 420)], fill=INK, width=5)
        canvas.line([(x + 40, 380), (x + 40, 420)], fill=INK, width=5)


def house(canvas: Canvas, dice: random.Random) -> None:
    """On stilts, with the crossed gable."""
    wall = dice.choice(LIVELY)
    for x in (170, 270, 370, 470):
        canvas.line([(x, 320), (x, 430)], fill=INK, width=14)
    canvas.rectangle((140, 200, 500, 330), fill=wall)
    for x in range(150, 500, 24):
        canvas.line([(x, 204), (x, 326)], fill=shade(wall, 0.86), width=3)
    canvas.polygon([(100, 210), (540, 210), (430, 90), (210, 90)], fill=(106, 62, 56))
    canvas.line([(196, 100), (240, 60)], fill=INK, width=8)
    canvas.line([(240, 100), (196, 60)], fill=INK, width=8)
    for x in (190, 380):
        canvas.rectangle((x, 236, x + 70, 300), fill=(255, 226, 150))
    canvas.rectangle((292, 236, 350, 330), fill=shade(wall, 0.6))
