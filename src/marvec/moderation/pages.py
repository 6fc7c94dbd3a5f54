"""Reporting a thing, and the operator's desk of reports."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.identity import queries as identity
from common.states import history_of
from common.web import Form, page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page
from marvec.chat import queries as chat
from marvec.listings import queries as listings
from marvec.moderation import policy, queries, service
from marvec.moderation.models import Case, Kind, Reason
from marvec.moderation.schemas import AskReview, Decide, ReportThing
from marvec.moderation.wording import BUTTONS, KINDS, REASONS, STATES
from marvec.storefronts import queries as storefronts

OPERATOR = [guards.role(Role.OPERATOR)]
ON_A_PAGE = 30
MESSAGES_BEFORE = 4
"""Shown with a reported message, so that it can be understood; no more of a private talk than that."""
Asked = Request[Any, Any, Any]


@get("/barang/{listing_id:uuid}/laporkan", guards=[guards.signed_in])
async def report_page(session: AsyncSession, listing_id: UUID) -> Page:
    return page("moderation/report.html", **await _reported(session, listing_id))


@post("/barang/{listing_id:uuid}/laporkan", guards=[guards.signed_in])
async def report_listing(request: Asked, session: AsyncSession, actor: Actor, listing_id: UUID) -> Redirect:
    async with reshow(request, "moderation/report.html", **await _reported(session, listing_id)) as form:
        await service.report_listing(session, actor, listing_id, form.parse(ReportThing))
    return see_other(f"/barang/{listing_id}", toast=_("Terima kasih. Laporan Anda kami periksa, lalu kami kabari hasilnya."))


@post("/barang/{listing_id:uuid}/periksa", guards=[guards.signed_in])
async def ask_review(request: Asked, session: AsyncSession, actor: Actor, listing_id: UUID) -> Redirect:
    """From the editor of a thing that may not be shown."""
    shop = await storefronts.by_id(session, (await listings.by_id(session, listing_id)).storefront_id)
    await service.ask_review(session, actor, listing_id, Form.sent(await request.form()).parse(AskReview))
    answer = _("Terkirim. Petugas akan memeriksa, lalu Anda kami kabari.")
    return see_other(f"/toko-saya/{shop.slug}/barang/{listing_id}", toast=answer)


@get("/operator/moderasi", guards=OPERATOR)
async def list_cases(
    session: AsyncSession, shown: Annotated[str, QueryParameter(name="tampil")] = "terbuka", cursor: Cursor = None
) -> Page:
    decided = shown == "diputus"
    found = await queries.page_of(session, decided=decided, limit=ON_A_PAGE, cursor=cursor)
    names = (("terbuka", _("Menunggu keputusan")), ("diputus", _("Sudah diputus")))
    tabs = [(key, f"/operator/moderasi?tampil={key}", name) for key, name in names]
    return page("moderation/list.html", found=found, tabs=tabs, shown="diputus" if decided else "terbuka", **_words())


@get("/operator/moderasi/{case_id:uuid}", guards=OPERATOR)
async def show_case(session: AsyncSession, actor: Actor, case_id: UUID) -> Page:
    return page("moderation/case.html", **await _shown(session, actor, await queries.seen_by(session, actor, case_id)))


@post("/operator/moderasi/{case_id:uuid}", guards=OPERATOR)
async def decide(request: Asked, session: AsyncSession, actor: Actor, case_id: UUID) -> Redirect:
    async with reshow(
        request, "moderation/case.html", **await _shown(session, actor, await queries.seen_by(session, actor, case_id))
    ) as form:
        await service.decide(session, actor, case_id, form.parse(Decide))
    return see_other("/operator/moderasi", toast=_("Keputusan tercatat, dan yang bersangkutan dikabari."))


async def _reported(session: AsyncSession, listing_id: UUID) -> dict[str, Any]:
    listing = await listings.visible_by_id(session, listing_id)
    return {
        "listing": listing,
        "reasons": [(key.value, _(text)) for key, text in REASONS.items() if key is not Reason.REVIEW],
        "section": "market",
    }


async def _shown(session: AsyncSession, actor: Actor, case: Case) -> dict[str, Any]:
    reports = await queries.reports_of(session, case.id)
    history = await history_of(session, case.id)
    messages = (
        await chat.reported_messages(session, actor, case.subject_id, case.seq + 1, MESSAGES_BEFORE + 1)
        if case.kind is Kind.MESSAGE
        else []
    )
    people = {case.person_id, *(message.author_id for message in messages), *(row.moved_by for row in history if row.moved_by)}
    return {
        "case": case,
        "title": (await queries.titles_of(session, [case]))[case.id],
        "reports": reports,
        "messages": messages,
        "shop": await storefronts.by_id(session, case.storefront_id) if case.storefront_id else None,
        "names": await identity.names_of(session, people),
        "history": history,
        "decisions": policy.decisions_for(case),
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {"reasons": REASONS, "kinds": KINDS, "states": STATES, "buttons_of": BUTTONS, "section": "account"}


router = Router("/", route_handlers=[report_page, report_listing, ask_review, list_cases, show_case, decide], include_in_schema=False)
