"""What people and programs see: pages in the city's look, forms, errors as page or problem+json, paging, CSRF, headers, static files.

A room's pages use `page`, `see_other` and `reshow`; its API uses `paging` and raises `common.errors`. The composition root
calls `site.make_app` once with the rooms' template folders. Templates write on `layout.html` and the macros in `templates/components/`.
"""

from common.web.forms import Form, reshow
from common.web.templating import page, see_other

__all__ = ["Form", "page", "reshow", "see_other"]
