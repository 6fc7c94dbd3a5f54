"""Signing up, in and out; confirming the address."""

from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.errors import Unauthenticated
from common.i18n import gettext as _
from common.identity import cookies, queries, service
from common.identity.dependencies import client_of, remembered
from common.identity.models import Ceremony
from common.identity.policy import local_path, masked
from common.identity.schemas import GiveCode, GivePasskey, GiveSecondFactor, SignIn, SignUp
from common.identity.service import challenges, passkeys
from common.settings import get_settings
from common.web import csrf, page, problems, reshow, see_other
from common.web.addresses import with_query
from common.web.cookies import name_of
from common.web.templating import Page

Asked = Request[Any, Any, Any]
Return = Annotated[str, QueryParameter(name="lanjut", max_length=500)]


@get("/daftar", guards=[guards.public])
async def sign_up_form(lanjut: Return = "") -> Page:
    return page("identity/sign_up.html", lanjut=local_path(lanjut, ""), section="account")


@post("/daftar", guards=[guards.public])
async def sign_up(request: Asked, session: AsyncSession) -> Redirect:
    """A new account, signed in at once; the code is on its way."""
    lanjut = await asked_return(request)
    async with reshow(request, "identity/sign_up.html", lanjut=lanjut, section="account") as form:
        asked = form.parse(SignUp)
        person = await service.sign_up(session, asked, client_of(request))
        await service.ask_confirmation(session, person, client_of(request))
        token = await service.open_session(session, person.id, client_of(request))
    return _with_session(request, see_other(_then("/konfirmasi", lanjut)), token, person.id)


@get("/masuk", guards=[guards.public])
async def sign_in_form(visitor: Actor | None, lanjut: Return = "") -> Response[Any]:
    if visitor is not None:
        return see_other(local_path(lanjut, "/akun"))
    return page("identity/sign_in.html", **_asking(local_path(lanjut, "")))


def ask_who(request: Asked, error: Unauthenticated) -> Response[Any]:
    """Instead of a refusal, the form to sign in, which leads back to the page; a form that was sent leads to the page it stood on."""
    if problems.wants_json(request):
        return problems.of_domain(request, error)
    return page("identity/sign_in.html", error.status, **_asking(page_of_form(request)), came_from=True)


@post("/masuk", guards=[guards.public])
async def sign_in(request: Asked, session: AsyncSession) -> Redirect:
    """To where one was going; by way of the second factor where it is on."""
    lanjut = await asked_return(request)
    async with reshow(request, "identity/sign_in.html", **_asking(lanjut)) as form:
        asked = form.parse(SignIn)
        entered = await service.sign_in(session, asked.address, asked.password, client_of(request))
    if entered.second_factor_due:
        half_way = see_other(_then("/masuk/kode", lanjut))
        half_way.set_cookie(cookies.session_cookie(entered.token))
        return half_way
    return await _entered(request, session, entered, lanjut)


@post("/masuk/kunci-sandi/tantangan", guards=[guards.public], status_code=200)
async def ask_passkey(request: Asked, session: AsyncSession) -> dict[str, Any]:
    """For any passkey of this site: who comes is not known yet."""
    return await passkeys.request_options(session, Ceremony.SIGN_IN, csrf.seed_of(request.scope), client=client_of(request))


@post("/masuk/kunci-sandi", guards=[guards.public])
async def sign_in_by_passkey(request: Asked, session: AsyncSession) -> Redirect:
    lanjut = await asked_return(request)
    async with reshow(request, "identity/sign_in.html", **_asking(lanjut)) as form:
        answer = form.parse(GivePasskey).passkey
        entered = await service.sign_in_by_passkey(session, answer, csrf.seed_of(request.scope), client_of(request))
    return await _entered(request, session, entered, lanjut)


@get("/masuk/kode", guards=[guards.public])
async def second_factor_form(request: Asked, session: AsyncSession, lanjut: Return = "") -> Page:
    return page("identity/second_factor.html", **await _second_step(request, session, local_path(lanjut, "")))


@post("/masuk/kode", guards=[guards.public])
async def second_factor(request: Asked, session: AsyncSession) -> Redirect:
    lanjut = await asked_return(request)
    async with reshow(request, "identity/second_factor.html", **await _second_step(request, session, lanjut)) as form:
        given = form.parse(GiveSecondFactor)
        entered = await service.finish(session, _session_cookie(request), given.code, client_of(request))
    return await _entered(request, session, entered, lanjut)


@post("/masuk/kode/kunci-sandi/tantangan", guards=[guards.public], status_code=200)
async def ask_second_passkey(request: Asked, session: AsyncSession) -> dict[str, Any]:
    """For a passkey of the person whose password it was."""
    row = await service.half_way_of(session, _session_cookie(request))
    return await passkeys.request_options(session, Ceremony.SECOND_STEP, str(row.id), person_id=row.person_id, client=client_of(request))


@post("/masuk/kode/kunci-sandi", guards=[guards.public])
async def second_passkey(request: Asked, session: AsyncSession) -> Redirect:
    lanjut = await asked_return(request)
    async with reshow(request, "identity/second_factor.html", **await _second_step(request, session, lanjut)) as form:
        answer = form.parse(GivePasskey).passkey
        entered = await service.finish_by_passkey(session, _session_cookie(request), answer, client_of(request))
    return await _entered(request, session, entered, lanjut)


@get("/keluar", guards=[guards.public])
async def sign_out_form() -> Page:
    return page("identity/sign_out.html", section="account")


@post("/keluar", guards=[guards.signed_in])
async def sign_out(session: AsyncSession, actor: Actor) -> Redirect:
    await service.sign_out(session, actor)
    gone = see_other("/", _("Anda sudah keluar."))
    gone.set_cookie(cookies.no_session())
    return gone


@get("/konfirmasi", guards=[guards.signed_in])
async def confirm_form(session: AsyncSession, actor: Actor, lanjut: Return = "") -> Response[Any]:
    waiting = await _waiting(session, actor)
    if not waiting:
        return see_other(local_path(lanjut, "/akun"))
    return page("identity/confirm.html", **_confirming(waiting, lanjut))


@post("/konfirmasi", guards=[guards.signed_in])
async def confirm(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    lanjut, waiting = await asked_return(request), await _waiting(session, actor)
    async with reshow(request, "identity/confirm.html", **_confirming(waiting, lanjut)) as form:
        await service.confirm(session, actor, form.parse(GiveCode).code)
    return see_other(local_path(lanjut, "/akun"), _("Nomor HP atau email ta’ sudah dikonfirmasi. Terima kasih."))


@post("/konfirmasi/kirim-ulang", guards=[guards.signed_in])
async def send_again(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    lanjut = await asked_return(request)
    person = await queries.by_id(session, actor.person_id)
    async with reshow(request, "identity/confirm.html", **_confirming(await _waiting(session, actor), lanjut)):
        await service.ask_confirmation(session, person, client_of(request))
    return see_other(_then("/konfirmasi", lanjut), _("Kode baru sudah dikirim."))


def _confirming(waiting: str, lanjut: str) -> dict[str, Any]:
    return {"address": masked(waiting), "lanjut": local_path(lanjut, ""), "demo": get_settings().demo, "section": "account"}


async def _waiting(session: AsyncSession, actor: Actor) -> str:
    address = await queries.waiting_address(session, await queries.by_id(session, actor.person_id))
    return address.text if address else ""


def _asking(lanjut: str) -> dict[str, Any]:
    return {"lanjut": lanjut, "demo": get_settings().demo, "passkeys": challenges.possible(), "section": "account"}


async def _second_step(request: Asked, session: AsyncSession, lanjut: str) -> dict[str, Any]:
    """What may be given. Without a password said before, the page asks for all; nothing is told of anybody."""
    context = {"lanjut": lanjut, "authenticator": True, "passkeys": challenges.possible(), "section": "account"}
    try:
        person_id = (await service.half_way_of(session, _session_cookie(request))).person_id
    except Unauthenticated:
        return context
    context["authenticator"] = await queries.has_authenticator(session, person_id)
    context["passkeys"] = challenges.possible() and bool(await queries.passkeys_of(session, person_id))
    return context


def _session_cookie(request: Asked) -> str:
    return request.cookies.get(name_of(cookies.SESSION_COOKIE), "")


async def _entered(request: Asked, session: AsyncSession, entered: service.Entered, lanjut: str) -> Redirect:
    """To where one was going; whose role waits for a second factor, to where one is set up."""
    waits = (await queries.actor_now(session, entered.person.id)).factor_due
    onward = "/akun/keamanan" if waits else local_path(lanjut, "/akun")
    return _with_session(request, see_other(onward), entered.token, entered.person.id)


def _with_session(request: Asked, answer: Redirect, token: str, person_id: UUID) -> Redirect:
    """Signed in, on a browser that the account knows from now on."""
    answer.set_cookie(cookies.session_cookie(token))
    answer.set_cookie(remembered(client_of(request), person_id))
    return answer


def page_of_form(request: Asked) -> str:
    """The page itself; for a form, the page it stood on, as far as it is one of ours."""
    if request.method == "GET":
        return local_path(with_query(request.scope, list(request.query_params.multi_items())), "")
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host"):
        return ""
    return local_path(referer.path + (f"?{referer.query}" if referer.query else ""), "")


async def asked_return(request: Asked) -> str:
    """The form's `lanjut`, as far as it leads to this site."""
    asked = (await request.form()).get("lanjut")
    return local_path(asked if isinstance(asked, str) else "", "")


def _then(path: str, lanjut: str) -> str:
    return f"{path}?{urlencode({'lanjut': lanjut})}" if lanjut else path


HANDLERS = [
    sign_up_form, sign_up, sign_in_form, sign_in, ask_passkey, sign_in_by_passkey, second_factor_form, second_factor, ask_second_passkey,
    second_passkey, sign_out_form, sign_out, confirm_form, confirm, send_again,
]  # fmt: skip
