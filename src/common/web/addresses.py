"""Links back to where the request came to."""

from urllib.parse import quote, urlencode

from litestar.types import Scope


def own_path(scope: Scope) -> str:
    """The request's path as it may stand in a link of ours: encoded, and with one slash in front (`//host` would be another site)."""
    return "/" + quote(scope["path"].lstrip("/\\"), safe="/:@!$&'()*+,;=-._~")


def with_query(scope: Scope, pairs: list[tuple[str, str]]) -> str:
    """The request's own path with this query."""
    return f"{own_path(scope)}?{urlencode(pairs)}" if pairs else own_path(scope)
