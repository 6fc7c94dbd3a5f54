"""Pictures: decoded as small as they will be shown, turned upright, encoded anew without anything that the camera or its owner wrote."""

import io
from collections.abc import Sequence

import pillow_heif
from PIL import ExifTags, Image, ImageOps, MpoImagePlugin, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401  loaded now: later this may not be readable

from common.files.decoder.protocol import Done, Refused

LONGEST_SIDE = 2048
NEARLY = 0.95  # half of a phone's 4000 pixels is as good as 2048, and comes four times as fast out of a JPEG
MOST_PIXELS = 50_000_000
QUALITY = 84
THUMBNAIL_QUALITY = 60  # on a phone 480 pixels are shown two to a point; half the bytes of 84
CAME_AS = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
"""What Pillow calls a format -> the media type. MPO is what phones with two lenses write: a JPEG with another behind it."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
SMOOTH = frozenset({"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"})
"""Modes that can be made smaller as they are; in the others neighbours would not be mixed."""

Image.MAX_IMAGE_PIXELS = None  # a picture is judged by MOST_PIXELS before it is decoded, not by a warning
Image.preinit()
pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)


def clean(data: bytes) -> Done:
    """Upright, at most LONGEST_SIDE, JPEG where it was a photo and WebP where it may be transparent."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise Refused("wrong_kind") from None
    if image.width * image.height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    came_as = CAME_AS[image.format or ""]
    upright = ImageOps.exif_transpose(_at_most(image, (LONGEST_SIDE, LONGEST_SIDE), NEARLY))
    kept = "WEBP" if came_as in ("image/png", "image/webp") else "JPEG"
    facts = {"came_as": came_as, "kind": CAME_AS[kept], "width": upright.width, "height": upright.height}
    return Done(facts, [_encoded(upright, kept, QUALITY)])


def shrink(data: bytes, widths: Sequence[int]) -> Done:
    """A WebP of at most each width, in their order; decoded once."""
    largest = max(widths)
    image = _at_most(Image.open(io.BytesIO(data), formats=FORMATS), (largest, largest * 3))
    parts = []
    for width in widths:
        image_of_width = image.copy()
        image_of_width.thumbnail((width, width * 3))
        parts.append(_encoded(image_of_width, "WEBP", THUMBNAIL_QUALITY))
    return Done(parts=parts)


def _at_most(image: Image.Image, most: tuple[int, int], nearly: float = 1.0) -> Image.Image:
    """The image within `most`. A JPEG is scaled while it is decoded, to no less than `nearly` of what is wanted."""
    scale = min(1.0, most[0] / image.width, most[1] / image.height) * nearly
    image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    image.load()
    if image.mode not in SMOOTH:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail(most, reducing_gap=2.0)
    return image


def _encoded(image: Image.Image, form: str, quality: int) -> bytes:
    flat = image.convert("RGBA" if form == "WEBP" and image.mode in ("RGBA", "LA") else "RGB")
    flat.info = {}  # a comment, a profile, or where the photo was taken would be written again
    out = io.BytesIO()
    flat.save(out, form, quality=quality)
    return out.getvalue()


TASKS = {"clean": clean, "shrink": shrink}
