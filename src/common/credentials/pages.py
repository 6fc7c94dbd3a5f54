"""The public verification page: anybody with a code sees whether the statement stands, in words that a bank clerk understands."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, guards, ids, offices
from common.actor import Actor
from common.credentials import desk, queries
from common.credentials.errors import NoSuchCredential
from common.web import page, see_other
from common.web.templating import Page

FRESH = {"Cache-Control": "no-store"}  # a revocation shows at once


@get("/cek", guards=[guards.public], sync_to_thread=False)
def ask_code(code: Annotated[str | None, QueryParameter(name="kode", max_length=60)] = None) -> Page | Redirect:
    """The form for a typed code."""
    if code is None or not code.strip():
        return page("credentials/ask.html")
    return see_other(f"/cek/{ids.normalise_reference(code)[:60]}")


@get("/cek/{code:str}", guards=[guards.public])
async def show_verdict(session: AsyncSession, visitor: Actor | None, code: str) -> Page:
    """The verdict; an unknown code gets a page of its own, with what to do."""
    try:
        credential = await queries.by_code(session, code)
    except NoSuchCredential:
        return page("credentials/unknown.html", status=404, headers=FRESH, code=code[:60])
    office = offices.name_of(credential.office)
    mine = visitor is not None and visitor.person_id in await queries.people_behind(session, credential.holder_id)
    return page("credentials/verdict.html", headers=FRESH, credential=credential, office_name=office, checked_at=clock.now(), mine=mine)


router = Router(path="/", route_handlers=[ask_code, show_verdict, *desk.HANDLERS], include_in_schema=False)
