"""Languages. The source language is Indonesian: a msgid *is* the Indonesian text, English is `locale/en.po` in every room, and what plain
Indonesian says without Makassar's colour is `locale/id-baku.po`.

`gettext` and `ngettext` translate now, `N_` marks a text for later, `lazy` translates when it is shown. The locale is a property of the
request (a ContextVar). Formats of dates, money and distances are in `formats`. `python -m common.i18n` adds what the .po files lack.
"""

from common.i18n.formats import jam, jarak, rupiah, tanggal, waktu
from common.i18n.locales import DEFAULT, LOCALES, choose, language, locale, prefer, speaking
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
    "language",
    "lazy",
    "locale",
    "ngettext",
    "prefer",
    "rupiah",
    "speaking",
    "tanggal",
    "waktu",
]  # fmt: skip
