"""Where files are shown: `/berkas/{id}` and its thumbnails, and a PDF within the page of who has to look through it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import PathParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.files import queries, service
from common.files.errors import NoSuchFile
from common.files.models import StoredFile
from common.files.purposes import PURPOSES

SCOPE = guards.scope("files:read")
WEEK = 7 * 24 * 3600
ALONE = "default-src 'none'; sandbox; frame-ancestors"
"""Whatever is in a file, it loads nothing and runs nothing; browsers' own viewers draw a PDF all the same. Who may frame it follows."""


@get(["/berkas/{file_id:uuid}", "/berkas/{file_id:uuid}/{width:int}"], guards=[guards.public, SCOPE], include_in_schema=False)
async def show_file(
    session: AsyncSession, visitor: Actor | None, file_id: UUID, width: Annotated[int | None, PathParameter(ge=1, le=4096)] = None
) -> Response[bytes]:
    """A file that its purpose lets everybody see, or that is this visitor's to see; 404 otherwise."""
    file = await queries.visible(session, visitor, file_id)
    data, kind = await service.read(file, width)
    return Response(data, media_type=kind, headers=_headers(file))


@get("/berkas/{file_id:uuid}/pratinjau", guards=[guards.signed_in, SCOPE], include_in_schema=False)
async def preview(session: AsyncSession, actor: Actor, file_id: UUID) -> Response[bytes]:
    """A PDF for the browser's own viewer, in a frame of ours: only for who reads it by duty, and only a PDF."""
    file = await queries.visible_by_duty(session, actor, file_id)
    if not file.is_pdf:
        raise NoSuchFile
    data, kind = await service.read(file)
    framed = {"Content-Security-Policy": f"{ALONE} 'self'", "X-Frame-Options": "SAMEORIGIN"}
    return Response(data, media_type=kind, headers={**_headers(file), **framed, "Content-Disposition": _named("inline", file)})


def _headers(file: StoredFile) -> dict[str, Any]:
    public = file.purpose in PURPOSES and PURPOSES[file.purpose].public
    shown = "inline" if file.is_image else "attachment"
    return {
        "Cache-Control": f"public, max-age={WEEK}, immutable" if public else "private, no-store",
        "Content-Disposition": _named(shown, file),
        "Content-Security-Policy": f"{ALONE} 'none'",
        "X-Content-Type-Options": "nosniff",
    }


def _named(shown: str, file: StoredFile) -> str:
    return f'{shown}; filename="{file.filename.encode("ascii", "replace").decode().replace("?", "_")}"'


router = Router(path="/", route_handlers=[show_file, preview])
