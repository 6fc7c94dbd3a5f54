"""Jinja: one environment over every room's `templates/`, and the two answers that a page gives."""

import gzip
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2 import Template as Compiled
from jinja2.runtime import Context
from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Redirect, Template
from litestar.response.base import ASGIResponse
from markupsafe import Markup

from common import i18n, regions
from common.web import csrf, icons, static, toasts
from common.web.addresses import absolute, with_query
from common.web.fields import EMPTY_FORM

OWN = Path(__file__).parent / "templates"
HTML = "text/html"
SMALLEST_WORTH_PACKING = 1024
"""Bytes. Below, gzip's header and the CPU cost more than a packet saves."""


def page(name: str, status: int = 200, *, fragment: str | None = None, headers: dict[str, str] | None = None, **context: Any) -> "Page":
    """A page from the template `name` (`"orders/show.html"`).

    `fragment` names a block of the template: an htmx request (not a boosted one) gets only that block, everybody else the whole page.
    In the template: `request`, `form` (empty unless given), `_`, `ngettext`, the formats, `csrf_field()`, `asset(name)`, `visitor`.
    """
    return Page(name, context, status, fragment, headers or {})


def see_other(url: str, toast: str | None = None) -> Redirect:
    """303 to `url` after a form was taken; `toast` is shown once on the next page, already in the user's language."""
    return Redirect(url, status_code=303, cookies=[toasts.cookie(toast)] if toast else [])


class Page(Template):
    """A template response that is rendered inside the request's transaction, so that an error in it rolls everything back."""

    def __init__(
        self, name: str, context: dict[str, Any], status: int = 200, fragment: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(
            template_name=name, context=context, status_code=status, headers={"Vary": "HX-Request, Accept-Encoding", **(headers or {})}
        )
        self.fragment = fragment

    def to_asgi_response(
        self,
        app: Any,
        request: Request[Any, Any, Any],
        *,
        cookies: Iterable[Cookie] | None = None,
        headers: dict[str, str] | None = None,
        is_head_response: bool = False,
        status_code: int | None = None,
        **rest: Any,
    ) -> ASGIResponse:
        body = self.render_page(request).encode()
        all_headers = {**(headers or {}), **self.headers}
        if len(body) > SMALLEST_WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=4, mtime=0)
            all_headers["Content-Encoding"] = "gzip"
        return ASGIResponse(
            body=body,
            cookies=[*self.cookies, *(cookies or ())],
            headers=all_headers,
            is_head_response=is_head_response,
            media_type=HTML,
            status_code=self.status_code or status_code or 200,
            background=self.background,
        )

    def render_page(self, request: Request[Any, Any, Any]) -> str:
        environment: Environment = request.app.template_engine.engine  # type: ignore[union-attr]  # furnish() sets Jinja
        template = environment.get_template(str(self.template_name))
        context = {"form": EMPTY_FORM, "visitor": request.scope["state"].get("actor"), **self.context, "request": request}
        if self.fragment and wants_fragment(request):
            return _block(template, self.fragment, context)
        return template.render(context)


def _block(template: Compiled, name: str, context: dict[str, Any]) -> str:
    """One block alone. The template's root runs up to its first output, because its imports of macros happen there."""
    made = template.new_context(context)
    next(iter(template.root_render_func(made)), None)
    return "".join(template.blocks[name](made))


def wants_fragment(request: Request[Any, Any, Any]) -> bool:
    """True for htmx asking for a piece; boosted links and history restores want the page."""
    asked = request.headers
    return asked.get("hx-request") == "true" and not asked.get("hx-boosted") and not asked.get("hx-history-restore-request")


def environment(folders: Sequence[Path]) -> Environment:
    """The environment over our own templates and `folders`, every room's. Autoescaped; an unknown name is an error, never empty."""
    made = Environment(
        loader=FileSystemLoader([OWN, *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(_words())
    made.filters.update({name: made.globals[name] for name in ("rupiah", "tanggal", "jam", "waktu", "jarak")})
    return made


def _words() -> dict[str, Callable[..., Any] | Any]:
    return {
        "_": i18n.gettext, "gettext": i18n.gettext, "ngettext": i18n.ngettext, "locale": i18n.locale, "language": i18n.language,
        "LOCALES": i18n.LOCALES, "rupiah": i18n.rupiah, "tanggal": i18n.tanggal, "jam": i18n.jam, "waktu": i18n.waktu, "jarak": i18n.jarak,
        "csrf_field": _csrf_field, "asset": static.url, "toast_of": toasts.take, "icon": icons.icon,
        "same_page": same_page, "absolute": absolute, "kelurahan_by_kecamatan": kelurahan_by_kecamatan,
    }  # fmt: skip


def same_page(request: Request[Any, Any, Any], **changed: str) -> str:
    """This page's address with some query parameters changed: `same_page(request, bahasa="en")`."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in changed]
    return with_query(request.scope, [*kept, *changed.items()])


@lru_cache(maxsize=1)
def kelurahan_by_kecamatan() -> dict[str, list[tuple[str, str]]]:
    """Kecamatan -> (code, name) of its kelurahan, both by name: for the picker."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in sorted(regions.all_kelurahan(), key=lambda k: (k.kecamatan, k.name)):
        groups.setdefault(place.kecamatan, []).append((place.code, place.name))
    return groups


@pass_context
def _csrf_field(context: Context) -> Markup:
    return Markup('<input type="hidden" name="_csrf" value="{}">').format(csrf.token(context["request"].scope))
