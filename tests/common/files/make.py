"""Small files to hand in."""

import io
from collections.abc import Callable

from pikepdf import Encryption, ObjectStreamMode, Pdf
from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825


def a_photo(*, size: tuple[int, int] = (64, 48), form: str = "JPEG", sideways: bool = False, place: bool = False) -> bytes:
    """A photo, perhaps taken sideways, perhaps telling where."""
    image = Image.new("RGB", size, "teal")
    exif = image.getexif()
    if sideways:
        exif[ORIENTATION] = 6
    if place:
        exif.get_ifd(GPS).update({1: "S", 2: (5.0, 8.0, 7.0), 3: "E", 4: (119.0, 25.0, 25.0)})
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def a_pdf(pages: int = 1, change: Callable[[Pdf], None] = lambda _: None, encryption: Encryption | None = None) -> bytes:
    """A paper with empty pages, and whatever `change` hangs on it. Saved plainly, so that what is in it can be searched for."""
    out = io.BytesIO()
    with Pdf.new() as paper:
        for _ in range(pages):
            paper.add_blank_page(page_size=(200, 100))
        change(paper)
        paper.save(out, object_stream_mode=ObjectStreamMode.disable, deterministic_id=encryption is None, encryption=encryption)
    return out.getvalue()
