"""Languages. The source language is Indonesian: a msgid *is* the Indonesian text, English is `locale/en.po` in every room.

`gettext` and `ngettext` translate now, `N_` marks a text for later, `lazy` translates when it is shown. The locale is a property of the
request (a ContextVar). Formats of dates, money and distances are in `formats`. `python -m common.i18n` adds what en.po files lack.
"""

from common.i18n.formats import jam, jarak, rupiah, tanggal, waktu
from common.i18n.locales import DEFAULT, LOCALES, choose, locale, prefer, speaking
from common.i18n.texts import N_, Lazy, gettext, lazy, ngettext

__all__ = [
    "DEFAULT",
    "LOCALES",
    "N_",
    "Lazy",
    "choose",
    "gettext",
    "jam",
    "jarak",
    "lazy",
    "locale",
    "ngettext",
    "prefer",
    "rupiah",
    "speaking",
    "tanggal",
    "waktu",
]  # fmt: skip
