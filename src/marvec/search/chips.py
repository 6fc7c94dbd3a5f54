"""What a search was understood as, as chips: each says one thing, and its link is the same search without it.

What stood in the words goes into the address with the first chip that is dropped: the words keep the thing itself, the rest become filters.
"""

from collections.abc import Mapping
from typing import NamedTuple

from common.i18n import gettext as _
from common.i18n import rupiah
from marvec.listings import goods
from marvec.search import places
from marvec.search.schemas import SearchQuery, Understood

FILTERS = ("category", "kelurahan", "kecamatan", "min", "max")


class Chip(NamedTuple):
    """`changed`: the parameters of the address that differ when this is dropped; empty ones are gone."""

    text: str
    changed: dict[str, str]


def chips_of(params: Mapping[str, str], query: SearchQuery, said: Understood) -> list[Chip]:
    """First what was chosen, then what the words say."""
    chosen = [name for name in FILTERS if params.get(name)]
    found = [Chip(_text(name, query), {name: ""}) for name in chosen if _text(name, query)]
    understood = {name: text for name, text in _understood(said).items() if not _is_chosen(name, chosen)}
    filters = {name: value for name, value in _as_filters(said).items() if name in understood}
    for name, text in understood.items():
        found.append(Chip(text, {"q": said.query.text} | {other: value for other, value in filters.items() if other != name}))
    return found


def _understood(said: Understood) -> dict[str, str]:
    query = said.query
    named = {name: _text(name, query) for name in FILTERS if _text(name, query)}
    if said.quantity is not None:
        count = f"{said.quantity} {said.unit or ''}".strip()
        named["quantity"] = _("jumlah: %(count)s", count=count)
    if said.occasion is not None:
        named["occasion"] = _("untuk %(occasion)s", occasion=said.occasion)
    return named


def _as_filters(said: Understood) -> dict[str, str]:
    query = said.query
    given = {"kelurahan": query.kelurahan, "kecamatan": query.kecamatan, "min": query.min_price, "max": query.max_price}
    return {name: str(value) for name, value in given.items() if value is not None}


def _is_chosen(name: str, chosen: list[str]) -> bool:
    """A choice of an area overrules the words' area, whichever kind it is."""
    areas = {"kelurahan", "kecamatan"}
    return name in chosen or (name in areas and bool(areas & set(chosen)))


def _text(name: str, query: SearchQuery) -> str:
    if name == "category" and query.category:
        return _(goods.CATEGORY_NAMES[query.category])
    if name == "kelurahan" and query.kelurahan:
        return places.kelurahan(query.kelurahan).name
    if name == "kecamatan" and query.kecamatan:
        return query.kecamatan
    if name == "min" and query.min_price is not None:
        return _("paling sedikit %(amount)s", amount=rupiah(query.min_price))
    if name == "max" and query.max_price is not None:
        return _("paling banyak %(amount)s", amount=rupiah(query.max_price))
    return ""
