"""What the talk says on the first page (what is unread), beside a conversation (the listing it is about), in a
dispute (what the two have said), and of a shop (its swiftness)."""

import math
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor, Role
from common.audit import reading
from common.audit import service as audit
from common.audit.reading import Purpose
from common.front import Piece, Waiting
from common.i18n import gettext as _
from common.i18n import ngettext
from marvec.chat import queries
from marvec.chat.models import Conversation
from marvec.chat.service.asking import LISTING
from marvec.listings import queries as listings
from marvec.listings.errors import NoSuchListing
from marvec.orders.machine import OrderState, Party
from marvec.orders.schemas import OrderOut
from marvec.storefronts import queries as storefronts
from marvec.storefronts.models import Storefront
from marvec.storefronts.trust import SIGNS, Sign

BEFORE_ORDER, MOST_READ = timedelta(days=30), 200
"""How much of a private talk an operator reads to decide a dispute: the messages since so long before the order, the newest."""


@front.waits("marvec.chat")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    unread = await queries.unread_of(session, actor.person_id)
    words = ngettext("%(n)s percakapan belum dibaca", "%(n)s percakapan belum dibaca", unread)
    return [Waiting(words, "/pesan", "chat", urgent=True)] if unread else []


@front.beside("conversation", "marvec.chat")
async def listing_of(session: AsyncSession, visitor: Actor | None, conversation: Conversation) -> Piece | None:
    """As it is now, hidden ones too: the two know what they speak of."""
    if conversation.kind != LISTING or conversation.subject_id is None:
        return None
    try:
        listing = await listings.by_id(session, conversation.subject_id)
    except NoSuchListing:
        return None
    shown = {
        "listing": listing, "picture_id": next(iter(await listings.pictures_of(session, listing.id)), None),
        "stock": (await listings.stock_of(session, [listing.id]))[listing.id].free,
        "shop": await storefronts.by_id(session, listing.storefront_id),
        "rating": await storefronts.rating_of(session, listing.storefront_id),
    }  # fmt: skip
    return Piece("chat/_listing.html", shown)


@front.beside("dispute", "marvec.chat")
async def talk_of_the_two(session: AsyncSession, visitor: Actor | None, order: OrderOut) -> Piece | None:
    """For the operator who decides, while the dispute is open; that it was read is on record, in the same transaction."""
    if visitor is None or Party.OPERATOR not in order.viewer or order.state is not OrderState.DISPUTED:
        return None
    since = order.created_at - BEFORE_ORDER
    said = await queries.said_between(session, order.buyer_id, order.seller_id, since, MOST_READ)
    await audit.record(session, visitor, "chat.read_for_dispute", subject_kind="order", subject_id=order.id, messages=len(said))
    for person_id in (order.buyer_id, order.seller_id):
        await reading.record(
            session, visitor, owner_id=person_id, subject_kind="conversation", subject_id=order.id, purpose=Purpose.SUPPORT,
            label=order.reference, role=Role.OPERATOR,
        )  # fmt: skip
    return Piece("chat/_talk.html", {"messages": said, "sides": {order.buyer_id: _("Pembeli"), order.seller_id: _("Penjual")}})


async def swiftness(session: AsyncSession, shop: Storefront) -> list[Sign]:
    """Half of the owner's last first answers came within this time; nothing below a few, which would be chance."""
    minutes = await queries.usual_minutes_to_answer(session, shop.owner_id)
    return [Sign(_("Biasanya menjawab"), _answered_within(minutes), "chat")] if minutes is not None else []


def _answered_within(minutes: float) -> str:
    if minutes <= 60:
        return _("dalam satu jam")
    if minutes <= 24 * 60:
        hours = math.ceil(minutes / 60)
        return ngettext("dalam %(n)s jam", "dalam %(n)s jam", hours)
    return _("setelah lebih dari sehari")


SIGNS.append(swiftness)
