"""Reviews as pages: a shop's, one with its answer, those that a person may still write, and the form of an order's."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from marvec.orders import service as orders
from marvec.reviews import policy, queries, service
from marvec.reviews.errors import NoSuchReview
from marvec.reviews.schemas import AnswerReview, HideReview, WriteReview
from marvec.storefronts import policy as shop_policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NoSuchStorefront

ON_A_PAGE = 24
Asked = Request[Any, Any, Any]


@get("/toko/{slug:str}/ulasan", guards=[guards.public])
async def list_reviews(session: AsyncSession, visitor: Actor | None, slug: str, cursor: Cursor = None) -> Response[Any]:
    shop = await storefronts.by_slug(session, slug)
    if not shop_policy.may_see(visitor, shop):
        raise NoSuchStorefront
    found = await queries.of_storefront(session, shop.id, ON_A_PAGE, cursor)
    rating = await storefronts.rating_of(session, shop.id)
    return page(
        "reviews/of_shop.html", shop=shop, reviews=found.items, next=found.next, rating=rating,
        is_mine=visitor is not None and shop_policy.may_manage(visitor, shop),
        may_moderate=visitor is not None and visitor.has(Role.OPERATOR),
    )  # fmt: skip


@get("/ulasan", guards=[guards.signed_in])
async def list_unreviewed(session: AsyncSession, actor: Actor) -> Response[Any]:
    found = await queries.unreviewed_by(session, actor.person_id)
    shops = await storefronts.by_ids(session, {one.order.storefront_id for one in found})
    return page("reviews/to_write.html", unreviewed=found, shops=shops)


@get("/ulasan/{review_id:uuid}", guards=[guards.public])
async def show_review(session: AsyncSession, visitor: Actor | None, review_id: UUID) -> Response[Any]:
    return page("reviews/show.html", **await _shown(session, visitor, review_id))


@post("/ulasan/{review_id:uuid}/jawab", guards=[guards.signed_in])
async def answer_review(request: Asked, session: AsyncSession, actor: Actor, review_id: UUID) -> Response[Any]:
    async with reshow(request, "reviews/show.html", **await _shown(session, actor, review_id)) as form:
        await service.answer_review(session, actor, review_id, form.parse(AnswerReview))
    return see_other(f"/ulasan/{review_id}", toast=_("Jawaban ta’ sudah tampil."))


@post("/ulasan/{review_id:uuid}/sembunyikan", guards=[guards.role(Role.OPERATOR)])
async def hide_review(request: Asked, session: AsyncSession, actor: Actor, review_id: UUID) -> Response[Any]:
    async with reshow(request, "reviews/show.html", **await _shown(session, actor, review_id)) as form:
        await service.hide_review(session, actor, review_id, form.parse(HideReview))
    return see_other(f"/ulasan/{review_id}", toast=_("Ulasan disembunyikan."))


@post("/ulasan/{review_id:uuid}/tampilkan", guards=[guards.role(Role.OPERATOR)])
async def unhide_review(request: Asked, session: AsyncSession, actor: Actor, review_id: UUID) -> Response[Any]:
    async with reshow(request, "reviews/show.html", **await _shown(session, actor, review_id)) as form:
        await service.unhide_review(session, actor, review_id, form.parse(HideReview))
    return see_other(f"/ulasan/{review_id}", toast=_("Ulasan ditampilkan lagi."))


@get("/pesanan/{reference:str}/ulasan", guards=[guards.signed_in])
async def write_page(session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    return page("reviews/write.html", **await _of_order(session, actor, reference))


@post("/pesanan/{reference:str}/ulasan", guards=[guards.signed_in])
async def write_review(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await _of_order(session, actor, reference)
    async with reshow(request, "reviews/write.html", **context) as form:
        review = await service.write_review(session, actor, context["order"].id, form.parse(WriteReview))
    told = _("Terima kasih. Kedua ulasan sudah tampil.") if review.shown_at else _("Terima kasih. Ulasan ta’ tersimpan.")
    return see_other(f"/pesanan/{context['order'].reference}#ulasan", toast=told)


async def _of_order(session: AsyncSession, actor: Actor, reference: str) -> dict[str, Any]:
    order = await orders.show_by_reference(session, actor, reference)
    return {
        "order": order, "found": await service.of_order(session, actor, order.id),
        "shop": await storefronts.by_id(session, order.storefront_id),
    }  # fmt: skip


async def _shown(session: AsyncSession, visitor: Actor | None, review_id: UUID) -> dict[str, Any]:
    review = await queries.by_id(session, review_id)
    if not policy.may_read(visitor, review):
        raise NoSuchReview
    return {
        "review": review, "shop": await storefronts.by_id(session, review.storefront_id),
        "author": (await queries.public_names(session, [review])).get(review.author_id, ""),
        "may_answer": policy.may_answer(visitor, review), "may_moderate": visitor is not None and visitor.has(Role.OPERATOR),
    }  # fmt: skip


router = Router(
    "/",
    route_handlers=[
        list_reviews, list_unreviewed, show_review, answer_review, hide_review, unhide_review, write_page, write_review,
    ],
    include_in_schema=False,
)  # fmt: skip
