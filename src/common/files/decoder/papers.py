"""PDF: pages are taken over into a new paper with what they show and nothing that acts.

What is taken over is a list of what may, not of what may not: a catalogue of our own, and of a page its size, its resources and its
contents. So scripts, actions, forms (XFA), attachments, media and whatever else hangs on the catalogue, on pages, on notes or on fields
stays behind; what fields and notes look like is drawn into the page before.
Source: ISO 32000-1, 7.7.3 (pages), 12.6 (actions), 12.7 (forms), 7.11.4 (embedded files), 8.10.4 (reference XObjects), 7.3.8 (streams).
"""

import io
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Page, PasswordError, Pdf, PdfError, Stream

from common.files.decoder.protocol import Done, Refused

MOST_PAGES = 100
MOST_OBJECTS = 100_000
ON_A_PAGE = frozenset(
    {"/Type", "/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
)
NOT_IN_A_STREAM = ("/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI", "/AF", "/Alternates", "/Metadata", "/PieceInfo")
"""Content from outside the paper, files that go along, and what programs left about their work."""
ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Rendition", "/Movie", "/Sound",
        "/RichMediaExecute",
    }
)  # fmt: skip
SAYINGS = {0xE1, 0xED, 0xFE}  # EXIF and XMP, Photoshop's, comments: markers of JPEG


def clean(data: bytes) -> Done:
    """A paper of the same pages. Damaged ones are refused, not mended: what a reader makes of them nobody knows."""
    try:
        with Pdf.open(io.BytesIO(data), attempt_recovery=False) as paper:
            return _copy(paper)
    except PasswordError:
        raise Refused("encrypted") from None
    except PdfError:
        raise Refused("unreadable") from None


def _copy(paper: Pdf) -> Done:
    if paper.is_encrypted:
        raise Refused("encrypted")
    if not paper.pages:
        raise Refused("unreadable")
    if len(paper.pages) > MOST_PAGES or len(paper.objects) > MOST_OBJECTS:
        raise Refused("too_many_pages")
    if Name.AcroForm in paper.Root:
        paper.generate_appearance_streams()
    paper.flatten_annotations("screen")
    for page in paper.pages:
        _strip(page)
    with Pdf.new() as copy:
        copy.pages.extend(paper.pages)
        for thing in copy.objects:
            if isinstance(thing, Stream):
                _strip_stream(thing)
        if any(str(found.get("/S")) in ACTIONS for found in _dictionaries(copy)):
            raise Refused("active")
        out = io.BytesIO()
        copy.save(out, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
    return Done({"kind": "application/pdf"}, [out.getvalue()])


def _strip(page: Page) -> None:
    for key in set(page.obj.keys()) - ON_A_PAGE:
        del page.obj[key]


def _strip_stream(stream: Stream) -> None:
    for key in NOT_IN_A_STREAM:
        if key in stream:
            del stream[key]
    if stream.get("/Filter") in (Name.DCTDecode, Array([Name.DCTDecode])):
        read_with = stream.get("/DecodeParms")
        known = read_with if isinstance(read_with, Dictionary | Array) else None
        stream.write(_silent(stream.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=known)


def _silent(photo: bytes) -> bytes:
    """A JPEG without the segments in which its camera and its owner say something."""
    kept, at = photo[:2], 2
    while photo[at : at + 1] == b"\xff" and photo[at + 1 : at + 2] != b"\xda":  # until the scan begins
        following = at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
        if photo[at + 1] not in SAYINGS:
            kept += photo[at:following]
        at = following
    return kept + photo[at:]


def _dictionaries(paper: Pdf) -> Iterator[Object]:
    """All of them, also those within others."""
    waiting: list[object] = list(paper.objects)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Dictionary | Stream):
            yield thing
            waiting.extend(value for value in map(thing.get, thing.keys()) if not _stands_alone(value))
        elif isinstance(thing, Array):
            waiting.extend(value for value in thing if not _stands_alone(value))


def _stands_alone(value: object) -> bool:
    """Whether the walk meets it anyway, or it holds nothing."""
    return not isinstance(value, Object) or value.is_indirect


TASKS = {"clean": clean}
