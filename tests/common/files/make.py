"""Small files to hand in."""

import io

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


def a_pdf(catalogue: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj << /Type /Catalog " + catalogue + b" >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
