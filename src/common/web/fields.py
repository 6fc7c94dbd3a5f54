"""A form as it was sent: its values, and what is wrong with them in plain words."""

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from litestar.datastructures import FormMultiDict, UploadFile
from pydantic import BaseModel, ValidationError

from common.errors import Invalid
from common.money import is_number
from common.web.wording import in_words

Schema = TypeVar("Schema", bound=BaseModel)
LISTS = (list, set, frozenset, tuple)
MOST_ROWS = 200
"""Numbered rows that a form may carry (`lines.0.quantity`); a larger number is ignored."""


class Form:
    """Values by field name (`"title"`, nested `"address.street"`, rows `"lines.0.quantity"`, several of one name); errors by the same."""

    def __init__(
        self, values: Mapping[str, Sequence[Any]] | None = None, errors: Mapping[str, str] | None = None, message: str = ""
    ) -> None:
        self._values = {name: list(found) for name, found in (values or {}).items()}
        self.errors = dict(errors or {})
        self.message = message
        """What is wrong with the whole of it; empty on a first showing."""
        self.help = ""
        """The path of a page that tells what to do about it."""

    @classmethod
    def filled(cls, **values: Any) -> "Form":
        """A form for editing: shows what is stored. `Form.filled(title=shop.title, days=["mon", "tue"])`."""
        return cls({name: list(value) if isinstance(value, LISTS) else [value] for name, value in values.items() if value is not None})

    @classmethod
    def sent(cls, data: FormMultiDict) -> "Form":
        """What a request carried; texts stripped, empty ones and empty files taken for not given."""
        values: dict[str, list[Any]] = {}
        for name, raw in data.multi_items():
            value = raw.strip() if isinstance(raw, str) else raw
            if value != "" and not (isinstance(value, UploadFile) and not value.filename):
                values.setdefault(name, []).append(value)
        return cls(values)

    def value(self, name: str, default: Any = "") -> Any:
        """The (last) value to show in the field; files are never shown again."""
        found = self._values.get(name)
        return default if not found or isinstance(found[-1], UploadFile) else found[-1]

    def values(self, name: str) -> list[Any]:
        """All values of a field that may come several times."""
        return list(self._values.get(name, ()))

    def names(self) -> list[str]:
        """The fields that were sent."""
        return list(self._values)

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def has(self, name: str, value: object) -> bool:
        """Whether `value` is among the field's values: for checkboxes and options."""
        return str(value) in {str(found) for found in self._values.get(name, ())}

    def parse(self, schema: type[Schema]) -> Schema:
        """The form as a `schema`. Raises `Invalid` with every field's error at once, in the user's language."""
        try:
            return schema.model_validate(nested(self._values, schema))
        except ValidationError as error:
            raise Invalid(in_words(error)) from error


EMPTY_FORM = Form()


def nested(values: Mapping[str, Sequence[Any]], schema: type[BaseModel]) -> dict[str, Any]:
    """Flat names to the shape of `schema`: `a.b` nests, `a.0.b` makes a list in the order of its numbers, a list field keeps all values."""
    tree: dict[str, Any] = {}
    for name, found in values.items():
        parts = name.removesuffix("[]").split(".")
        node = tree
        for part in parts[:-1]:
            following = node.setdefault(part, {})
            if not isinstance(following, dict):
                break
            node = following
        else:
            node[parts[-1]] = list(found) if _takes_list(schema, parts) else found[-1]
    return {key: _lists(child) for key, child in tree.items()}


def _lists(node: Any) -> Any:
    """Dicts whose keys are all numbers become lists."""
    if not isinstance(node, dict):
        return node
    if node and all(len(key) <= 4 and is_number(key) for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int) if int(key) < MOST_ROWS]
    return {key: _lists(child) for key, child in node.items()}


def _takes_list(schema: type[BaseModel], parts: Sequence[str]) -> bool:
    """Whether the field at this path is a list (of anything), looked up through nested schemas, rows and optional fields."""
    kind: Any = schema
    for part in parts:
        kind = _plain(kind)
        if get_origin(kind) in LISTS and is_number(part):
            kind = get_args(kind)[0]
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(part) or next((f for f in kind.model_fields.values() if f.alias == part), None)
            kind = field.annotation if field else None
        else:
            return False
    kind = _plain(kind)
    return get_origin(kind) in LISTS or kind in LISTS


def _plain(kind: Any) -> Any:
    """The type without Annotated and without `| None`."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next((one for one in get_args(kind) if one is not type(None)), None)
        else:
            return kind
