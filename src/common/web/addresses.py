"""Links back to where the request came to."""

from urllib.parse import quote, urlencode

from litestar.types import Scope

from common.settings import get_settings


def own_path(scope: Scope) -> str:
    """The request's path as it may stand in a link of ours: encoded, and with one slash in front (`//host` would be another site)."""
    return "/" + quote(scope["path"].lstrip("/\\"), safe="/:@!$&'()*+,;=-._~")


def with_query(scope: Scope, pairs: list[tuple[str, str]]) -> str:
    """The request's own path with this query."""
    return f"{own_path(scope)}?{urlencode(pairs)}" if pairs else own_path(scope)


def absolute(path: str) -> str:
    """The whole address of a path of ours, for what leaves this page: previews, crawlers, QR codes."""
    return get_settings().base_url + path
