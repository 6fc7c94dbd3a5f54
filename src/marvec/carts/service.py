"""The verbs of carts: put, set, empty, merge at sign-in, and showing what has become stale."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids
from common.i18n import gettext as _
from marvec.carts import queries
from marvec.carts.errors import CartFull, GoneFromSale
from marvec.carts.models import Cart, CartLine
from marvec.carts.schemas import MOST_KINDS, CartLineOut, CartOut, CartShop, PutLine
from marvec.listings import queries as listings
from marvec.listings.schemas import ForSale
from marvec.storefronts import queries as storefronts

MOST_PIECES = 10_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose cart: a person's, or a browser's (by its cookie's token) before sign-in."""

    person_id: UUID | None
    token: str | None = None


async def put(session: AsyncSession, holder: Holder, line: PutLine) -> None:
    """Add pieces to the cart; the price of this moment is what the buyer has seen. Raises GoneFromSale, CartFull."""
    item = next(iter(await listings.for_sale(session, [line.listing_id])), None)
    if item is None:
        raise GoneFromSale
    cart = await _cart(session, holder)
    if await queries.count_of(session, cart.id) >= MOST_KINDS:
        raise CartFull(most=MOST_KINDS)
    await _add(session, cart.id, CartLine(cart_id=cart.id, listing_id=line.listing_id, quantity=line.quantity, seen_price=item.price))


async def set_quantity(session: AsyncSession, holder: Holder, listing_id: UUID, quantity: int) -> None:
    """0 takes the line out; a line that is not there stays away."""
    cart = await _cart(session, holder)
    line = await session.get(CartLine, (cart.id, listing_id), with_for_update=True)
    if line is None:
        return
    if quantity == 0:
        await session.delete(line)
    else:
        line.quantity = quantity
    await session.flush()


async def take_out(session: AsyncSession, holder: Holder, listing_ids: list[UUID]) -> None:
    """What was ordered leaves the cart."""
    cart = await _cart(session, holder)
    await session.execute(delete(CartLine).where(col(CartLine.cart_id) == cart.id, col(CartLine.listing_id).in_(listing_ids)))


async def merge(session: AsyncSession, person_id: UUID, token: str) -> None:
    """At sign-in: what the browser held joins the person's cart, and the browser's cart is no more."""
    theirs = await queries.of_browser(session, token)
    if theirs is None:
        return
    mine = await _cart(session, Holder(person_id))
    for line in await queries.lines_of(session, theirs.id):
        await _add(session, mine.id, line)
    await session.execute(delete(Cart).where(col(Cart.id) == theirs.id))


async def show(session: AsyncSession, holder: Holder) -> CartOut:
    """The cart by shop, with today's prices and stock beside what the buyer saw."""
    cart = await (queries.of_person(session, holder.person_id) if holder.person_id else queries.of_browser(session, holder.token or ""))
    lines = await queries.lines_of(session, cart.id) if cart else []
    wanted = [line.listing_id for line in lines]
    goods = {item.listing_id: item for item in await listings.for_sale(session, wanted)}
    stock = await listings.stock_of(session, wanted)
    parts: dict[UUID | None, list[CartLineOut]] = defaultdict(list)
    for line in lines:
        item = goods.get(line.listing_id)
        free = stock[line.listing_id].free if line.listing_id in stock else 0
        parts[item.storefront_id if item else None].append(_line_out(line, item, free))
    shops = await storefronts.by_ids(session, {found for found in parts if found})
    shown = [
        CartShop(
            storefront_id=found,
            name=shops[found].name if found else _("Sudah tidak dijual"),
            slug=shops[found].slug if found else "",
            lines=own,
        )
        for found, own in parts.items()
    ]
    return CartOut(shops=shown, total=sum(shop.total for shop in shown), count=len(lines))


def _line_out(line: CartLine, item: ForSale | None, free: int) -> CartLineOut:
    return CartLineOut(
        listing_id=line.listing_id,
        title=item.title if item else _("Barang yang sudah tidak dijual"),
        unit=item.unit if item else "",
        picture_id=item.picture_id if item else None,
        quantity=line.quantity,
        price=item.price if item else line.seen_price,
        seen_price=line.seen_price,
        free=free,
        for_sale=item is not None,
    )


async def _cart(session: AsyncSession, holder: Holder) -> Cart:
    """The holder's cart, made if there is none; two requests at once make one."""
    whose = {"person_id": holder.person_id} if holder.person_id else {"token_hash": queries.hash_of(holder.token or "")}
    made = insert(Cart).values(id=ids.uuid7(), touched_at=clock.now(), **whose)
    touched = made.on_conflict_do_update(index_elements=[*whose], set_={"touched_at": clock.now()}).returning(Cart)
    cart: Cart | None = await session.scalar(touched, execution_options={"populate_existing": True})
    assert cart is not None
    return cart


async def _add(session: AsyncSession, cart_id: UUID, line: CartLine) -> None:
    row = {
        "cart_id": cart_id,
        "listing_id": line.listing_id,
        "quantity": line.quantity,
        "seen_price": line.seen_price,
        "added_at": clock.now(),
    }
    added = insert(CartLine).values(row)
    more = func.least(col(CartLine.quantity) + added.excluded.quantity, MOST_PIECES)
    await session.execute(
        added.on_conflict_do_update(constraint="pk_cart_lines", set_={"quantity": more, "seen_price": added.excluded.seen_price})
    )
