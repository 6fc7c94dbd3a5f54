"""Stripe's forms: `a[b][0]=c` becomes nested dicts and lists, and each parameter is read with the error Stripe would give."""

import re
from typing import Any
from urllib.parse import parse_qsl

from common.embedded.sandbox.errors import BadParameter

_PART = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")
_DEEPEST = 8


def decode(text: str) -> dict[str, Any]:
    """The parameters of a query or a form. `x[]=1&x[]=2` and `x[0]=1&x[1]=2` are both `{"x": ["1", "2"]}`. Values stay text."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=1000):
        parts = _PART.findall(name)
        if not parts or len(parts) > _DEEPEST:
            raise BadParameter(f"Invalid parameter name: {name}", code="parameter_unknown", param=name)
        _plant(root, parts, value)
    return {name: _listed(value) for name, value in root.items()}


def _plant(root: dict[str, Any], parts: list[str], value: str) -> None:
    place = root
    for part in parts[:-1]:
        deeper = place.setdefault(part or str(len(place)), {})
        if not isinstance(deeper, dict):
            raise BadParameter(f"Invalid object: {part}", code="parameter_invalid", param=part)
        place = deeper
    place[parts[-1] or str(len(place))] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(item) for name, item in value.items()}
    if inner and all(name.isascii() and name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


class Params:
    """Named readers over decoded parameters. Each raises BadParameter with Stripe's code and the parameter's name."""

    def __init__(self, values: dict[str, Any], prefix: str = "") -> None:
        self.values = values
        self._prefix = prefix

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def only(self, names: str) -> None:
        """Refuse a parameter that is none of `names` (words), as Stripe does: a slip of the pen must not pass for a wish."""
        unknown = sorted(set(self.values) - {*names.split(), "expand", "metadata"})
        if unknown:
            raise self._bad(unknown[0], "Received unknown parameter", "parameter_unknown")

    def text(self, name: str) -> str | None:
        """The text of `name`; None when absent or empty (Stripe's way to unset)."""
        value = self.values.get(name)
        if isinstance(value, dict | list):
            raise self._bad(name, "Invalid string", "parameter_invalid_string")
        return None if value is None or value == "" else str(value)

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise self._bad(name, "Missing required param", "parameter_missing")
        return value

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,15}", value):
            raise self._bad(name, "Invalid integer", "parameter_invalid_integer")
        return int(value)

    def needed_integer(self, name: str) -> int:
        self.needed(name)
        return self.integer(name) or 0

    def flag(self, name: str) -> bool:
        value = self.text(name)
        if value not in {None, "true", "false"}:
            raise self._bad(name, "Invalid boolean", "parameter_invalid_boolean")
        return value == "true"

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name) or default
        if value not in allowed:
            raise self._bad(name, f"Invalid value '{value}', must be one of {', '.join(allowed)}", "parameter_invalid")
        return value

    def group(self, name: str) -> "Params":
        """The nested parameters of `name`; empty when absent."""
        value = self.values.get(name)
        if value in (None, ""):
            value = {}
        if not isinstance(value, dict):
            raise self._bad(name, "Invalid object", "parameter_invalid_object")
        return Params(value, self._named(name))

    def groups(self, name: str) -> list["Params"]:
        """The list of nested parameters of `name`; empty when absent."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._bad(name, "Invalid array", "parameter_invalid_array")
        return [Params(item, f"{self._named(name)}[{place}]") for place, item in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise self._bad(name, "Invalid array", "parameter_invalid_array")
        return [str(item) for item in value]

    def metadata(self, before: dict[str, str] | None = None) -> dict[str, str]:
        """`before` with the request's metadata merged in: an empty value removes its key, an empty `metadata` removes all."""
        if self.values.get("metadata") == "":
            return {}
        merged = dict(before or {}) | {name: str(value) for name, value in self.group("metadata").values.items()}
        return {name: value for name, value in merged.items() if value != ""}

    def _named(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name

    def _bad(self, name: str, what: str, code: str) -> BadParameter:
        full = self._named(name)
        return BadParameter(f"{what}: {full}", code=code, param=full)
