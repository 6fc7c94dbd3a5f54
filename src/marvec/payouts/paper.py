"""A statement as a table for a spreadsheet (CSV) and as a paper (PDF) whose lines lead to their orders."""

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

from common.clock import WITA
from common.credentials.certificate import plain
from common.i18n import N_, language
from common.i18n import gettext as _
from common.i18n.formats import MONTHS
from common.money import rupiah
from common.settings import get_settings
from marvec.payouts.schemas import LineOut, StatementOut

if TYPE_CHECKING:
    from fpdf import FPDF

KINDS = {
    "release": N_("Penjualan"),
    "refund": N_("Uang dikembalikan ke pembeli"),
    "refund_failed": N_("Pengembalian yang gagal"),
    "payout": N_("Dibayarkan ke bank"),
    "payout_returned": N_("Ditolak bank, kembali ke saldo"),
    "share": N_("Ditarik kembali oleh bank"),
    "dispute": N_("Sengketa bank"),
    "assign": N_("Pengembalian yang ditanggung penjual"),
}
OTHER = N_("Penyesuaian")
COLUMNS = (
    N_("Tanggal"), N_("Keterangan"), N_("Pesanan"), N_("Harga barang"), N_("Komisi"), N_("Dikembalikan"), N_("Masuk atau keluar"),
    N_("Saldo"), N_("Nomor kiriman"),
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARGIN, WIDTHS = 12, (22, 50, 34, 26, 22, 26, 30, 28, 34)  # mm, on A4 lying


def as_csv(found: StatementOut) -> bytes:
    """UTF-8 with a mark for spreadsheets. Amounts are plain whole numbers; a text that a spreadsheet would compute is made a text."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([safe(_(name)) for name in COLUMNS])
    table.writerow(["", _("Saldo awal"), "", "", "", "", "", found.opening, ""])
    for line, balance in _with_balance(found):
        shown = [_day(line), name_of(line), line.order]
        amounts = [line.gross, line.commission, line.refunded, line.net, balance]
        table.writerow([*map(safe, shown), *amounts, safe(line.transfer)])
    table.writerow(["", _("Saldo akhir"), "", "", "", "", "", found.closing, ""])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_pdf(found: StatementOut) -> bytes:
    """A4 lying, as many pages as it takes. CPU-bound: call it in a thread."""
    from fpdf import FPDF  # noqa: PLC0415 - a third of a second of every start; here it is paid by the first statement

    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_title(f"{_('Laporan saldo')} {plain(found.shop)} {month_name(found.month)}")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    pdf.add_page()
    _head(pdf, found)
    _row(pdf, [_(name) for name in COLUMNS], bold=True)
    _row(pdf, ["", _("Saldo awal"), "", "", "", "", "", rupiah(found.opening), ""])
    for line, balance in _with_balance(found):
        amounts = [_shown(line.gross), _shown(line.commission), _shown(line.refunded), rupiah(line.net), rupiah(balance)]
        _row(pdf, [_day(line), name_of(line), line.order, *amounts, line.transfer[:16]], link=address_of(line))
    _row(pdf, ["", _("Saldo akhir"), "", "", "", "", "", rupiah(found.closing), ""], bold=True)
    return bytes(pdf.output())


def name_of(line: LineOut) -> str:
    return _(KINDS.get(line.kind, OTHER))


def address_of(line: LineOut) -> str:
    """The order's page; "" for a line that is about none."""
    return f"{get_settings().base_url.rstrip('/')}/pesanan/{line.order}" if line.order else ""


def month_name(month: date) -> str:
    """`November 2026`."""
    return f"{MONTHS[language()][month.month - 1]} {month.year}"


def safe(cell: str) -> str:
    """A leading apostrophe makes a text of what a spreadsheet would run as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _with_balance(found: StatementOut) -> list[tuple[LineOut, int]]:
    balance, told = found.opening, []
    for line in found.lines:
        balance += line.net
        told.append((line, balance))
    return told


def _day(line: LineOut) -> str:
    return f"{line.at.astimezone(WITA):%Y-%m-%d}"


def _shown(amount: int) -> str:
    return rupiah(amount) if amount else ""


def _head(pdf: "FPDF", found: StatementOut) -> None:
    pdf.set_font("helvetica", "B", 16)
    pdf.cell(0, 9, plain(f"{_('Laporan saldo')} {month_name(found.month)}"), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", "", 11)
    pdf.cell(0, 6, plain(found.shop), new_x="LMARGIN", new_y="NEXT")
    told = _("Waktu Makassar (WITA). Saldo adalah uang Anda yang belum sampai di bank. Dibuat dari buku besar Marvec.")
    pdf.cell(0, 6, plain(told), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)


def _row(pdf: "FPDF", cells: list[str], *, bold: bool = False, link: str = "") -> None:
    pdf.set_font("helvetica", "B" if bold else "", 8)
    for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True)):
        leads = link if place == 2 else ""
        pdf.set_text_color(*((176, 68, 42) if leads else (35, 31, 32)))
        pdf.cell(width, 6, plain(cell), border="B", align="R" if 3 <= place <= 7 else "L", link=leads)
    pdf.ln()
