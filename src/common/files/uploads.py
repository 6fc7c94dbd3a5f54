"""The files of a request, for its handler. A route that takes files says so among its guards:

```
@post("/gambar", guards=[guards.signed_in, uploads.takes(PURPOSE)])
async def add_pictures(request: Request, session: AsyncSession, actor: Actor) -> ...:
    for upload in uploads.of(request, "pictures"):
        await files.take(session, actor, upload, PURPOSE)
```
A guard, because it comes before the request's transaction: while a stranger's file is looked into, none is open. What it finds wrong waits
until the handler takes the upload, so that a page can show its form again.
"""

from collections.abc import Sequence

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.handlers import BaseRouteHandler

from common import guards
from common.actor import Actor
from common.errors import DomainError, Invalid
from common.files import service
from common.files.errors import TooManyFiles
from common.files.schemas import Upload
from common.guards import Connection, Guard
from common.i18n import gettext as _
from common.web.bodies import UPLOAD

MOST = 8
STATE = "uploads"


def takes(purpose: str, *, only: str = "") -> Guard:
    """Every file of the form is looked into for `purpose`, one after the other, until one is refused.

    `only`: the field that must hold one file, and be the only one that does; else none is looked into, and `one_of` refuses the request.
    """

    async def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        actor, files, found = guards.actor_of(connection), await _files(connection), dict[str, list[Upload]]()
        connection.scope["state"][STATE] = found
        connection.scope["state"]["session_undone"] = lambda: service.drop_untaken([one for those in found.values() for one in those])
        try:
            if not only or [name for name, _file in files] == [only]:
                await _look_into(actor, files, purpose, found)
        finally:
            for _name, file in files:
                await file.close()

    guard.access = f"files:{purpose}"  # type: ignore[attr-defined]  # functions carry attributes
    guard.takes = UPLOAD  # type: ignore[attr-defined]  # as above
    return guard


def of(connection: Connection, name: str) -> list[Upload]:
    """What came in the form's field `name`."""
    found: dict[str, list[Upload]] = connection.scope["state"][STATE]
    return found.get(name, [])


def one_of(connection: Connection, name: str) -> Upload:
    """The one file of the field. Raises Invalid when there is none, or more than one."""
    uploads = of(connection, name)
    if len(uploads) != 1:
        raise Invalid({name: _sentence(len(uploads))})
    return uploads[0]


async def _look_into(actor: Actor, files: Sequence[tuple[str, UploadFile]], purpose: str, found: dict[str, list[Upload]]) -> None:
    """What is wrong with one is told of all that come after it: the request ends there."""
    refused: DomainError | None = None
    for place, (name, file) in enumerate(files):
        if refused is None and place >= MOST:
            refused = TooManyFiles(most=MOST)
        if refused is None:
            upload = await service.look_into(actor, data=await file.read(), filename=file.filename, purpose=purpose)
        else:
            upload = Upload(file.filename, error=refused)
        refused = upload.error
        found.setdefault(name, []).append(upload)


def _sentence(files: int) -> str:
    return _("Kirim satu berkas saja.") if files > 1 else _("Pilih dulu berkasnya.")


async def _files(connection: Connection) -> list[tuple[str, UploadFile]]:
    if not isinstance(connection, Request):
        return []
    form = await connection.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
