"""Lists, newest first, paged by id, as Stripe answers them."""

from typing import Any

from common.embedded.sandbox.desk import Call
from common.embedded.sandbox.errors import BadParameter, NoSuch
from common.embedded.sandbox.store import Doc

_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(call: Call, kind: str, url: str, filters: tuple[str, ...] = (), more: tuple[str, list[Any]] = ("", [])) -> Doc:
    """One page: `limit` (1 to 100), `starting_after`, `ending_before`, `created[gte]` and the equal-to `filters` named here.

    `more` is SQL and its values for a filter of the caller's own. Errors: BadParameter, NoSuch for an unknown cursor.
    """
    params = call.params
    limit = params.integer("limit") or 10
    if not 1 <= limit <= 100:
        raise BadParameter("Invalid limit: between 1 and 100.", code="parameter_invalid_integer", param="limit")
    where, values = more[0], list(more[1])
    for name in filters:
        wanted = params.text(name)
        if wanted is not None:
            where, values = f"{where} AND json_extract(doc, '$.{name}') = ?", [*values, wanted]
    backwards = params.text("ending_before")
    for sql, value in (*_created(call), *_cursor(call)):
        where, values = f"{where} AND {sql}", [*values, value]
    found = call.store.select(kind, call.account, where, values, order="ASC" if backwards else "DESC", limit=limit + 1)
    shown = found[:limit][::-1] if backwards else found[:limit]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": shown}


def of(items: list[Doc], url: str) -> Doc:
    """A whole list that is part of another object."""
    return {"object": "list", "url": url, "has_more": False, "data": items}


def _created(call: Call) -> list[tuple[str, int]]:
    if not isinstance(call.params.values.get("created"), dict):
        exact = call.params.integer("created")
        return [] if exact is None else [("created = ?", exact)]
    bounds = call.params.group("created")
    limits = ((sign, bounds.integer(name)) for name, sign in _COMPARE.items())
    return [(f"created {sign} ?", limit) for sign, limit in limits if limit is not None]


def _cursor(call: Call) -> list[tuple[str, int]]:
    found = []
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        id_ = call.params.text(name)
        if id_ is not None:
            sequence = call.store.sequence_of(id_)
            if sequence is None:
                raise NoSuch("object", id_, name)
            found.append((f"seq {sign} ?", sequence))
    return found
