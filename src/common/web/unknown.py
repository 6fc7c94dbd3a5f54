"""Parameters that nobody reads are refused, not ignored: a misspelt filter would otherwise answer another question than was asked.

Only the API is so strict. Pages forgive: links to them come from outside and carry other people's marks (`utm_source`, `fbclid`).
Webhooks (`csrf_exempt`) forgive, too, since their sender adds fields as it likes.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, get_args, get_origin

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, QueryParameter
from pydantic import AliasChoices, BaseModel

from common.errors import Invalid
from common.i18n import N_, gettext
from common.web.fields import LISTS, _plain

NOT_KNOWN = N_("Nama ini tidak dikenal di sini. Periksa ejaannya, atau hapus.")
GROUND = frozenset({"request", "session", "actor", "visitor", "data", "body", "headers", "cookies", "state", "scope", "socket", "query"})
"""Names of a handler's parameters that are no parameters of the address."""
EVERYWHERE = frozenset({"bahasa"})
OTHER_NAMES = "OTHER_NAMES"
"""A schema that takes a field by other names, too, lists them under this name."""
READS = "reads"
"""A handler that reads the address by itself names what it reads: `@get(..., opt={"reads": ("q", "near")})`."""


async def refuse_unknown(request: Request[Any, Any, Any]) -> None:
    """Raises Invalid (422) that names each parameter of the address and each field of the body which this API call does not know."""
    handler = request.scope.get("route_handler")
    if not request.scope["path"].startswith("/api/v1/") or not isinstance(handler, HTTPRouteHandler) or handler.opt.get("csrf_exempt"):
        return
    known = _query_names(handler)
    unknown = [name for name in request.query_params if name not in known]
    schema = _body_schema(handler)
    if schema is not None and request.content_type[0].endswith("json") and await request.body():
        unknown += _fields_beyond(await request.json(), schema)
    if unknown:
        raise Invalid(dict.fromkeys(unknown, gettext(NOT_KNOWN)))


@lru_cache(maxsize=1024)
def _query_names(handler: HTTPRouteHandler) -> frozenset[str]:
    names = set(handler.opt.get(READS, ())) | EVERYWHERE
    for name, field in handler.parsed_fn_signature.parameters.items():
        given: Any = field.kwarg_definition
        if name in GROUND or isinstance(given, HeaderParameter):
            continue
        names.add((given.name or name) if isinstance(given, QueryParameter) else name)
    return frozenset(names)


@lru_cache(maxsize=1024)
def _body_schema(handler: HTTPRouteHandler) -> type[BaseModel] | None:
    field = handler.parsed_fn_signature.parameters.get("data")
    kind = _plain(field.annotation) if field is not None else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _fields_beyond(sent: Any, kind: Any, path: str = "") -> Iterator[str] | list[str]:
    """Dotted names of what `sent` holds and `kind` does not know; what has another shape is for the schema to refuse."""
    kind = _plain(kind)
    if get_origin(kind) in LISTS and isinstance(sent, list):
        return [name for at, one in enumerate(sent) for name in _fields_beyond(one, get_args(kind)[0], f"{path}{at}.")]
    if not (isinstance(sent, dict) and isinstance(kind, type) and issubclass(kind, BaseModel)) or kind.model_config.get("extra") == "allow":
        return []
    known = _names_of(kind)
    beyond = [f"{path}{name}" for name in sent if name not in known]
    return beyond + [
        name for field, value in sent.items() if field in known for name in _fields_beyond(value, known[field], f"{path}{field}.")
    ]


@lru_cache(maxsize=512)
def _names_of(kind: type[BaseModel]) -> dict[str, Any]:
    """Each name by which a field may be sent -> its type."""
    names: dict[str, Any] = dict.fromkeys(getattr(kind, OTHER_NAMES, ()), str)
    for name, field in kind.model_fields.items():
        alias = field.validation_alias
        others = [one for one in alias.choices if isinstance(one, str)] if isinstance(alias, AliasChoices) else [alias]
        for other in (name, field.alias, *others):
            if isinstance(other, str):
                names[other] = field.annotation
    return names
