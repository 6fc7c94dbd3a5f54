"""`expand[]`: an id is replaced by the object it names, along a path such as `data.latest_charge.balance_transaction`."""

from typing import Any

from common.embedded.sandbox.errors import BadParameter
from common.embedded.sandbox.store import Doc, Store

DEEPEST = 4


def expand(store: Store, body: Doc, paths: list[str]) -> Doc:
    """`body` with every path opened. Errors: BadParameter for a path that names nothing to open."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST:
            raise BadParameter(f"You cannot expand more than {DEEPEST} levels: {path}.", param="expand")
        _open(store, body, parts)
    return body


def _open(store: Store, value: Any, parts: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _open(store, item, parts)
        return
    name, *rest = parts
    if not isinstance(value, dict) or name not in value:
        raise BadParameter(f"This property cannot be expanded ({name}).", param="expand")
    if isinstance(value[name], str):
        found = store.find(value[name])
        if found is None:
            raise BadParameter(f"This property cannot be expanded ({name}).", param="expand")
        value[name] = found
    if rest and value[name] is not None:
        _open(store, value[name], rest)
