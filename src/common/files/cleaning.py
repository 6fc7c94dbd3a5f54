"""Looking into a file, and making it harmless: the type comes from the bytes, never from its name or its sender.

Images are decoded and encoded anew, upright, without EXIF (a photo tells where it was taken), at most 2048 pixels. A PDF is kept as it
is, but refused when it carries programs or attachments; it is only ever served in a sandbox: as a download, and for who reads it by duty
to the browser's own viewer.
"""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from common.files.errors import ActiveContent, EmptyFile, Unreadable, WrongKind

LONGEST_SIDE = 2048
MOST_PIXELS = 50_000_000
QUALITY = 84
THUMBNAIL_QUALITY = 60  # on a phone 480 pixels are shown two to a point; half the bytes of 84
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True)
class Cleaned:
    """Bytes that may be kept, their media type, and the size in pixels of an image."""

    data: bytes
    kind: str
    width: int | None = None
    height: int | None = None


def clean(data: bytes, kinds: frozenset[str]) -> Cleaned:
    """What of `data` may be kept. Raises WrongKind, Unreadable, ActiveContent, EmptyFile. CPU-bound: call it in a thread."""
    if not data:
        raise EmptyFile
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _clean_pdf(data, kinds)
    return _clean_image(data, kinds)


def thumbnail(data: bytes, width: int) -> bytes:
    """A WebP of at most `width` pixels across."""
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((width, width * 3))
        return _encode(image, "WEBP", THUMBNAIL_QUALITY)


def _clean_pdf(data: bytes, kinds: frozenset[str]) -> Cleaned:
    if "application/pdf" not in kinds:
        raise WrongKind(accepted=words(kinds))
    if b"%%EOF" not in data[-2048:]:
        raise Unreadable
    if ACTIVE.search(data):
        raise ActiveContent
    return Cleaned(data, "application/pdf")


def _clean_image(data: bytes, kinds: frozenset[str]) -> Cleaned:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
            warnings.simplefilter("ignore")  # a large picture is judged by the next line, not by a warning
            if image.width * image.height > MOST_PIXELS:
                raise Unreadable
            form = image.format or ""
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            kept = "JPEG" if form == "JPEG" else "WEBP"
            encoded = _encode(upright, kept)
    except UnidentifiedImageError:
        raise WrongKind(accepted=words(kinds)) from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Unreadable from None
    if FORMATS[form] not in kinds:
        raise WrongKind(accepted=words(kinds))
    return Cleaned(encoded, FORMATS[kept], upright.width, upright.height)


def _encode(image: Image.Image, form: str, quality: int = QUALITY) -> bytes:
    flat = image.convert("RGB") if form == "JPEG" or image.mode not in ("RGB", "RGBA") else image
    out = io.BytesIO()
    flat.save(out, form, quality=quality)  # nothing of the old file's metadata is handed over
    return out.getvalue()


def words(kinds: frozenset[str]) -> str:
    """`JPG, PDF, PNG`, for people."""
    names = {"image/jpeg": "JPG", "image/png": "PNG", "image/webp": "WebP", "application/pdf": "PDF"}
    return ", ".join(sorted(names[kind] for kind in kinds))
