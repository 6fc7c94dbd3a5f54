"""Where files are shown: `/berkas/{id}` and its thumbnails."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import PathParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.files import queries, service
from common.files.models import StoredFile
from common.files.purposes import PURPOSES

WEEK = 7 * 24 * 3600


@get(["/berkas/{file_id:uuid}", "/berkas/{file_id:uuid}/{width:int}"], guards=[guards.public], include_in_schema=False)
async def show_file(
    session: AsyncSession, visitor: Actor | None, file_id: UUID, width: Annotated[int | None, PathParameter(ge=1, le=4096)] = None
) -> Response[bytes]:
    """A file that its purpose lets everybody see, or that is this visitor's to see; 404 otherwise."""
    file = await queries.visible(session, visitor, file_id)
    data, kind = await service.read(file, width)
    return Response(data, media_type=kind, headers=_headers(file))


def _headers(file: StoredFile) -> dict[str, Any]:
    public = file.purpose in PURPOSES and PURPOSES[file.purpose].public
    shown = "inline" if file.is_image else "attachment"
    return {
        "Cache-Control": f"public, max-age={WEEK}, immutable" if public else "private, no-store",
        "Content-Disposition": f'{shown}; filename="{file.filename.encode("ascii", "replace").decode().replace("?", "_")}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }


router = Router(path="/", route_handlers=[show_file])
