"""`reshow`: a form that is shown again with what was typed and what to mend, whatever domain error its handling met."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request

from common.errors import DomainError, Forbidden, Unauthenticated
from common.web.answered import Answered
from common.web.fields import EMPTY_FORM, Form
from common.web.templating import Page

__all__ = ["EMPTY_FORM", "Form", "reshow"]
SHOWN_AGAIN = frozenset({400, 403, 409, 410, 413, 422, 429, 503, 507})


@asynccontextmanager
async def reshow(request: Request[Any, Any, Any], template: str, *, fragment: str | None = None, **context: Any) -> AsyncIterator[Form]:
    """Read the posted form; on a `DomainError` inside the block undo everything and show `template` again with `form` in it.

    ```
    async with reshow(request, "storefronts/new.html", kinds=KINDS) as form:
        shop = await service.open_storefront(session, actor, form.parse(OpenStorefront))
    return see_other(f"/toko/{shop.slug}")
    ```
    The page has the error's status (422, 409, ...). 401 and 404 pass through: there the form is not what is wrong.
    """
    form = Form.sent(await request.form())
    try:
        yield form
    except DomainError as error:
        if isinstance(error, Unauthenticated) or error.status not in SHOWN_AGAIN:
            raise
        form.errors = {**form.errors, **error.fields}
        form.help = error.help
        form.message = form.errors.pop("", "") or str(error)
        if isinstance(error, Forbidden):
            request.scope["state"]["refused"] = error.code
        request.scope["state"]["shown_again"] = True  # what this page shows was read, though nothing else has happened
        raise Answered(Page(template, {**context, "form": form}, error.status, fragment), error.status) from error
