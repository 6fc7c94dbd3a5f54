"""A PDF keeps its pages and loses whatever acts, calls or carries."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, StreamDecodeLevel, String

from common.files import cleaning, purposes
from common.files.errors import ActiveContent, TooManyPages
from tests.common.files.make import a_pdf, a_photo

PLAIN = StreamDecodeLevel.generalized


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def opens_with_a_script(paper: Pdf) -> None:
    paper.Root.OpenAction = script()


def opens_with_a_program(paper: Pdf) -> None:
    paper.Root.OpenAction = Dictionary(S=Name.Launch, F=String("/bin/sh"))


def named_script(paper: Pdf) -> None:
    paper.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))


def acts_on_closing(paper: Pdf) -> None:
    paper.Root.AA = Dictionary(WC=script())
    paper.pages[0].obj.AA = Dictionary(O=script())


def attachment(paper: Pdf) -> None:
    paper.attachments["surat.exe"] = b"MZ hidden"


def noted_attachment(paper: Pdf) -> None:
    embedded = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=paper.make_stream(b"MZ hidden", Type=Name.EmbeddedFile)))
    note(paper, Subtype=Name.FileAttachment, FS=embedded)


def form_of_xml(paper: Pdf) -> None:
    paper.Root.AcroForm = Dictionary(Fields=Array(), XFA=paper.make_stream(b"<xdp:xdp>hidden</xdp:xdp>"))


def rich_media(paper: Pdf) -> None:
    note(paper, Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=paper.make_stream(b"FWS hidden")))


def link(paper: Pdf) -> None:
    note(paper, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://jahat.example")))


def field(paper: Pdf) -> None:
    widget = note(paper, Subtype=Name.Widget, FT=Name.Tx, T=String("nama"), AA=Dictionary(K=script()))
    paper.Root.AcroForm = Dictionary(Fields=Array([widget]))


def comes_from_elsewhere(paper: Pdf) -> None:
    elsewhere = {"F": String("http://jahat.example/a"), "Ref": Dictionary(F=String("b"))}
    image = paper.make_stream(b"hidden", Type=Name.XObject, Subtype=Name.Form, **elsewhere)
    paper.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=image))


def note(paper: Pdf, **what: Any) -> Any:
    made = paper.make_indirect(Dictionary(Type=Name.Annot, Rect=Array([0, 0, 10, 10]), **what))
    paper.pages[0].obj.Annots = Array([made])
    return made


WAYS = (
    opens_with_a_script, opens_with_a_program, named_script, acts_on_closing, attachment, noted_attachment, form_of_xml, rich_media, link,
    field, comes_from_elsewhere,
)  # fmt: skip
TRACES = (
    b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/AA", b"/XFA", b"/EmbeddedFile", b"/EF", b"/RichMedia", b"/URI", b"jahat",
    b"/AcroForm", b"/Annots", b"/Ref",
)  # fmt: skip


async def cleaned(data: bytes) -> bytes:
    return (await cleaning.clean(data, purposes.DOCUMENTS)).data


def in_the_open(data: bytes) -> bytes:
    """The paper with nothing packed, so that it can be searched."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(data)) as paper:
        assert paper.check_pdf_syntax() == []
        paper.save(out, qdf=True, compress_streams=False, object_stream_mode=ObjectStreamMode.disable, stream_decode_level=PLAIN)
    return out.getvalue()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_what_acts_calls_or_carries_is_out_and_the_pages_stay(way: Callable[[Pdf], None]) -> None:
    data = a_pdf(2, way)
    assert any(trace in data for trace in TRACES)
    seen = in_the_open(await cleaned(data))
    assert [trace for trace in TRACES if trace in seen] == []
    with Pdf.open(io.BytesIO(seen)) as paper:
        assert [page.mediabox for page in paper.pages] == [[0, 0, 200, 100]] * 2


async def test_an_action_in_a_place_that_no_paper_has_one_in_is_refused() -> None:
    def hide(paper: Pdf) -> None:
        paper.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=script()))

    with pytest.raises(ActiveContent):
        await cleaned(a_pdf(1, hide))


async def test_words_pictures_and_what_was_typed_into_a_form_stay_visible() -> None:
    printed = FPDF()
    printed.add_page()
    printed.set_font("helvetica", size=20)
    printed.cell(text="Surat keterangan")
    printed.image(a_photo(place=True), w=40)
    data = bytes(printed.output())

    def fill_in(paper: Pdf) -> None:
        look = paper.make_stream(b"BT (Baso) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 10, 10]))
        widget = note(paper, Subtype=Name.Widget, FT=Name.Tx, T=String("nama"), V=String("Baso"), AP=Dictionary(N=look), F=4)
        paper.Root.AcroForm = Dictionary(Fields=Array([widget]))

    with Pdf.open(io.BytesIO(await cleaned(data))) as paper:
        assert b"Surat keterangan" in paper.pages[0].Contents.read_bytes()
        (picture,) = paper.pages[0].get_images().values()
        assert int(picture.Width) == 64 and picture.Filter == Name.DCTDecode
        assert b"Exif" not in picture.read_raw_bytes()
    assert b"Exif" in data
    assert b"(Baso)" in in_the_open(await cleaned(a_pdf(1, fill_in)))


async def test_the_same_paper_always_becomes_the_same_and_once_clean_stays_as_it_is() -> None:
    once = await cleaned(a_pdf(2, link))
    assert once == await cleaned(a_pdf(2, link))
    assert in_the_open(await cleaned(once)).partition(b"/ID")[0] == in_the_open(once).partition(b"/ID")[0]


async def test_a_paper_of_countless_things_is_refused() -> None:
    def crowd(paper: Pdf) -> None:
        paper.Root.Crowd = Array([paper.make_indirect(Dictionary(N=number)) for number in range(100_001)])

    with pytest.raises(TooManyPages):
        await cleaned(a_pdf(1, crowd))
