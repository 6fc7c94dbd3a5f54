"""Text to words, the same way for queries as the database does for documents (`search_text` in migration 0006)."""

import re
import unicodedata

MOST_WORDS = 16
LONGEST_WORD = 40
FILLERS = frozenset(
    """
    ada atau beli berapa buat cari dan dari dengan di dong ini itu jual ka ke ki kak mau mauka mi mana minta pada pesan pake sa saya
    tolong untuk utk yang yg the a an for in of with and or
    """.split()  # noqa: SIM905  a list of forty quoted words is harder to read and to mend
)
"""Words that say nothing about a thing: left out, unless nothing else was said."""


def words(text: str) -> list[str]:
    """Lower case, no accents, no apostrophes, `oleh2` written out: `"Pa'piong, oleh2"` -> `["papiong", "oleh", "oleh"]`. Never fails."""
    plain = unicodedata.normalize("NFKD", text).lower()
    plain = re.sub(r"['’‘`ʼ\u0300-\u036f]", "", plain)
    plain = re.sub(r"\b([a-z]+)2\b", r"\1 \1", plain)
    return [word[:LONGEST_WORD] for word in re.findall(r"[a-z0-9]+", plain)[:MOST_WORDS]]


def telling(text: str) -> list[str]:
    """The words of `text` that say something; all of them when none does."""
    found = words(text)
    return [word for word in found if word not in FILLERS] or found


def plain(text: str) -> str:
    """`words`, joined: for comparing names."""
    return " ".join(words(text))
