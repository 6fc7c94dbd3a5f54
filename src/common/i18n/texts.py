"""Messages and their translations."""

from functools import lru_cache
from html import escape
from pathlib import Path

from babel.messages.pofile import read_po

from common.i18n.locales import DEFAULT, locale

SOURCE_ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("common", "civic", "marvec")
Catalog = dict[str, str | tuple[str, ...]]


def N_(text: str) -> str:  # noqa: N802 (the name that every extractor knows)
    """Mark `text` as a message without translating it: for class attributes and tables of texts."""
    return text


def gettext(text: str, **params: object) -> str:
    """`text` in the language spoken, its `%(name)s` filled from `params`; without params a `%` stands for itself.

    A text that has no translation is answered as it is, in Indonesian.
    """
    found = catalog(locale()).get(text, text)
    message = found if isinstance(found, str) else found[0]
    return message % params if params else message


def ngettext(one: str, many: str, n: int, **params: object) -> str:
    """`one` or `many` by the number `n` (which is also the parameter `n`). Indonesian has no plural: there both may be the same text."""
    found = catalog(locale()).get(one)
    forms = found if isinstance(found, tuple) else (one, many)
    return forms[0 if n == 1 else -1] % {"n": n, **params}


class Lazy:
    """A message that is translated when it is shown, not where it is written."""

    __slots__ = ("params", "text")

    def __init__(self, text: str, params: dict[str, object]) -> None:
        self.text = text
        self.params = params

    def __str__(self) -> str:
        return gettext(self.text, **self.params)

    def __html__(self) -> str:
        return escape(str(self))


def lazy(text: str, **params: object) -> Lazy:
    """Like `gettext`, later. A text in a template, a label of a table at module level."""
    return Lazy(text, params)


@lru_cache(maxsize=8)
def catalog(code: str) -> Catalog:
    """All rooms' messages of one language, read once. Empty for the source language.

    The same source text has one translation in the whole city; a test finds where two rooms differ.
    """
    merged: Catalog = {}
    if code == DEFAULT:
        return merged
    for path in catalog_files(code):
        with path.open("rb") as file:
            merged.update(
                (str(m.id if isinstance(m.id, str) else m.id[0]), _forms(m.string))
                for m in read_po(file, locale=code[:2])
                if m.id and m.string
            )
    return merged


def catalog_files(code: str) -> list[Path]:
    """Every room's `locale/<code>.po`, the ground floor's own first."""
    return [path for floor in FLOORS for path in sorted((SOURCE_ROOT / floor).glob(f"**/locale/{code}.po"))]


def _forms(string: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    return string if isinstance(string, str) else tuple(string)
