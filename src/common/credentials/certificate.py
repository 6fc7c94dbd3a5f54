"""The paper form of a credential: one A4 page with a QR code that leads to its verification page."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import segno

from common.credentials.models import Credential
from common.i18n import gettext as _
from common.i18n import tanggal
from common.settings import get_settings

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN, QR_MM = 22, 34
DUSK, INK, QUIET = (176, 68, 42), (35, 31, 32), (105, 98, 94)


def render(credential: Credential, *, office_name: str, lines: Sequence[tuple[str, str]]) -> bytes:
    """The PDF. `lines` are (label, value) pairs for the holder's eyes, fuller than what the verification page shows. CPU-bound."""
    from fpdf import FPDF  # noqa: PLC0415 - a third of a second of every start; here it is paid by the first certificate, off the loop

    pdf = FPDF(format="A4")
    pdf.set_title(f"{credential.title} {credential.code}")
    pdf.set_creation_date(credential.issued_at)
    pdf.set_margin(MARGIN)
    pdf.add_page()
    _head(pdf, office_name)
    _title(pdf, credential)
    _table(pdf, lines)
    _seal(pdf, credential)
    return bytes(pdf.output())


def address_of(credential: Credential) -> str:
    """The verification page, as the QR holds it."""
    return f"{get_settings().base_url.rstrip('/')}/cek/{credential.code}"


def _head(pdf: "FPDF", office_name: str) -> None:
    pdf.set_font("helvetica", "B", 13)
    pdf.set_text_color(*INK)
    pdf.cell(0, 7, _("Kota Makassar"), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", "", 11)
    pdf.cell(0, 6, plain(office_name), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_draw_color(*DUSK)
    pdf.set_line_width(0.8)
    pdf.line(MARGIN, pdf.get_y() + 4, pdf.w - MARGIN, pdf.get_y() + 4)
    pdf.ln(12)
    if get_settings().demo:
        pdf.set_text_color(*DUSK)
        pdf.cell(0, 6, _("CONTOH: dokumen percobaan, tidak berlaku"), align="C", new_x="LMARGIN", new_y="NEXT")


def _title(pdf: "FPDF", credential: Credential) -> None:
    pdf.ln(4)
    pdf.set_font("helvetica", "B", 18)
    pdf.set_text_color(*INK)
    pdf.multi_cell(0, 9, plain(credential.title), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("courier", "", 11)
    pdf.set_text_color(*QUIET)
    pdf.cell(0, 8, credential.code, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(8)


def _table(pdf: "FPDF", lines: Sequence[tuple[str, str]]) -> None:
    for label, value in lines:
        pdf.set_font("helvetica", "", 10)
        pdf.set_text_color(*QUIET)
        pdf.cell(58, 8, plain(label))
        pdf.set_font("helvetica", "B", 11)
        pdf.set_text_color(*INK)
        pdf.multi_cell(0, 8, plain(value), new_x="LMARGIN", new_y="NEXT")


def _seal(pdf: "FPDF", credential: Credential) -> None:
    top = pdf.h - MARGIN - QR_MM - 10
    picture = io.BytesIO()
    segno.make(address_of(credential), error="m").save(picture, kind="png", scale=8, border=2)
    pdf.image(picture, x=MARGIN, y=top, w=QR_MM, h=QR_MM, alt_text=address_of(credential))
    pdf.set_xy(MARGIN + QR_MM + 6, top + 3)
    pdf.set_font("helvetica", "", 10)
    pdf.set_text_color(*INK)
    pdf.multi_cell(0, 6, plain(_promise(credential)))


def _promise(credential: Credential) -> str:
    until = (
        _("Berlaku sampai %(date)s.", date=tanggal(credential.valid_until))
        if credential.valid_until
        else _("Berlaku selama tidak dicabut.")
    )
    params: dict[str, Any] = {"date": tanggal(credential.issued_at), "address": address_of(credential), "until": until}
    return _("Diterbitkan %(date)s. %(until)s\nPeriksa keasliannya dengan memindai kode ini atau membuka %(address)s", **params)


def plain(text: str) -> str:
    """The core fonts know Latin-1 only; what they lack is written as its nearest plain letter."""
    return text.replace("’", "'").replace("–", "-").encode("latin-1", "replace").decode("latin-1")
