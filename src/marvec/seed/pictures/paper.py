"""An invented document on a desk: title, lines, a stamp that says that it is a sample."""

from PIL import ImageDraw

from marvec.seed.pictures.ground import INK, Canvas, Colour

DESK: Colour = (146, 116, 92)
SHEET: Colour = (250, 248, 242)
STAMP: Colour = (176, 68, 74)


def sheet(canvas: Canvas, title: str) -> None:
    canvas.rectangle((52, 44, 436, 604), fill=(112, 88, 70))
    canvas.rectangle((44, 36, 428, 596), fill=SHEET)
    _words(canvas, (72, 64), title.upper())
    canvas.line([(72, 92), (400, 92)], fill=INK, width=2)
    for row, wide in enumerate((300, 250, 320, 210, 290, 270, 320, 180, 260, 300, 140)):
        canvas.rectangle((72, 120 + row * 34, 72 + wide, 128 + row * 34), fill=(206, 200, 194))
    canvas.ellipse((270, 480, 390, 570), outline=STAMP, width=5)
    _words(canvas, (300, 518), "CONTOH", STAMP)


def _words(canvas: ImageDraw.ImageDraw, at: tuple[int, int], text: str, colour: Colour = INK) -> None:
    canvas.text(at, text, fill=colour)
