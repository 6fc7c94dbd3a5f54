"""Sentences about goods that several pages say."""

from common.i18n import N_
from common.i18n import gettext as _

FEW = {1: N_("satu"), 2: N_("dua"), 3: N_("tiga"), 4: N_("empat"), 5: N_("lima")}


def stock_words(free: int) -> str:
    """`Tinggal tiga ji.` to five pieces, `Habis.` at none, else how many."""
    if free <= 0:
        return _("Habis.")
    if free in FEW:
        return _("Tinggal %(left)s ji.", left=_(FEW[free]))
    return _("Stok %(left)s.", left=free)


def lead_words(minutes: int) -> str:
    """From order to ready: minutes below two hours, hours below two days, then days."""
    if minutes <= 0:
        return _("Langsung siap")
    if minutes < 120:
        return _("Siap dalam %(many)s menit", many=minutes)
    if minutes < 2880:
        return _("Siap dalam %(many)s jam", many=round(minutes / 60))
    return _("Siap dalam %(many)s hari", many=round(minutes / 1440))
