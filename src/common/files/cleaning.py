"""Looking into a file, and making it harmless: the type comes from the bytes, never from its name or its sender.

Images are encoded anew, upright, without what their camera wrote (a photo tells where it was taken). Of a PDF the pages are taken over, and
nothing that acts; it is only ever served in a sandbox: as a download, and for who reads it by duty to the browser's own viewer. All of it
happens in `decoder`'s processes; no byte of a stranger's file is decoded here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from common.errors import DomainError
from common.files import errors
from common.files.decoder import pool
from common.files.errors import EmptyFile, WrongKind

REFUSALS: dict[str, type[DomainError]] = {
    "unreadable": errors.Unreadable,
    "too_many_pixels": errors.TooManyPixels,
    "too_complex": errors.TooComplex,
    "active": errors.ActiveContent,
    "encrypted": errors.Encrypted,
    "too_many_pages": errors.TooManyPages,
}
NAMES = {"image/jpeg": "JPG", "image/png": "PNG", "image/webp": "WebP", "image/heic": "HEIC", "application/pdf": "PDF"}


@dataclass(frozen=True)
class Cleaned:
    """Bytes that may be kept, their media type, and the size in pixels of an image."""

    data: bytes
    kind: str
    width: int | None = None
    height: int | None = None


async def clean(data: bytes, kinds: frozenset[str]) -> Cleaned:
    """What of `data` may be kept. Raises EmptyFile, WrongKind, those of REFUSALS, CheckingBusy, NotChecked."""
    if not data:
        raise EmptyFile
    is_paper = data[:1024].lstrip().startswith(b"%PDF-")
    if is_paper and "application/pdf" not in kinds:
        raise WrongKind(accepted=words(kinds))
    facts, parts = await pool.decode("papers" if is_paper else "pictures", "clean", data)
    if facts.get("refused", "") in REFUSALS:
        raise REFUSALS[facts["refused"]]
    if "refused" in facts or facts.get("came_as", facts["kind"]) not in kinds:
        raise WrongKind(accepted=words(kinds))
    return Cleaned(parts[0], facts["kind"], facts.get("width"), facts.get("height"))


async def shrink(data: bytes, widths: Sequence[int]) -> list[bytes]:
    """A WebP of at most each width. Raises what `clean` raises for a picture that cannot be read."""
    facts, parts = await pool.decode("pictures", "shrink", data, widths=list(widths))
    if "refused" in facts:
        raise REFUSALS[facts["refused"]]
    return parts


def words(kinds: frozenset[str]) -> str:
    """`HEIC, JPG, PDF, PNG`, for people."""
    return ", ".join(sorted(NAMES[kind] for kind in kinds))
