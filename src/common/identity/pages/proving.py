"""Is it you? Asked before address, factor or tokens are changed, once in ten minutes."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.guards import FactorNeeded
from common.guards import ProveIt as ProofNeeded
from common.identity import queries, service
from common.identity.models import Ceremony
from common.identity.pages.entering import Return, asked_return, page_of_form
from common.identity.policy import local_path
from common.identity.schemas import ProveIt
from common.identity.service import challenges, passkeys
from common.web import page, problems, reshow, see_other
from common.web.templating import Page

Asked = Request[Any, Any, Any]


def ask_again(request: Asked, error: ProofNeeded) -> Response[Any]:
    """Instead of a refusal, the way to the question, which leads back to the page; a form that was sent leads to the page it stood on."""
    if problems.wants_json(request):
        return problems.of_domain(request, error)
    return see_other("/akun/pastikan?" + urlencode({"lanjut": page_of_form(request)}))


def ask_for_factor(request: Asked, error: FactorNeeded) -> Response[Any]:
    """Instead of a refusal, the page where the second factor that is missing is set up."""
    return problems.of_domain(request, error) if problems.wants_json(request) else see_other("/akun/keamanan", str(error))


@get("/akun/pastikan", guards=[guards.own_session])
async def prove_form(session: AsyncSession, actor: Actor, lanjut: Return = "") -> Page:
    return page("identity/prove.html", **await _asking(session, actor, local_path(lanjut, "")))


@post("/akun/pastikan", guards=[guards.own_session])
async def prove_it(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    lanjut = await asked_return(request)
    async with reshow(request, "identity/prove.html", **await _asking(session, actor, lanjut)) as form:
        await service.prove_it(session, actor, form.parse(ProveIt))
    return see_other(local_path(lanjut, "/akun/keamanan"))


@post("/akun/pastikan/tantangan", guards=[guards.own_session], status_code=200)
async def ask_passkey(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """For a passkey of one's own."""
    return await passkeys.request_options(session, Ceremony.PROOF, str(actor.session_id), person_id=actor.person_id)


async def _asking(session: AsyncSession, actor: Actor, lanjut: str) -> dict[str, Any]:
    return {
        "second_factor": await queries.has_second_factor(session, actor.person_id),
        "passkeys": challenges.possible() and bool(await queries.passkeys_of(session, actor.person_id)),
        "lanjut": lanjut,
        "section": "account",
    }


HANDLERS = [prove_form, prove_it, ask_passkey]
