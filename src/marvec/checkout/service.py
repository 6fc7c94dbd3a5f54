"""Buying what the cart holds."""

from typing import TYPE_CHECKING

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from common.account import queries as account
from common.account.schemas import Address, AddressOut
from common.account.service import keep_address as save_address
from common.actor import Actor
from common.errors import Invalid
from common.i18n import gettext as _
from marvec.carts import service as carts
from marvec.checkout.schemas import Checkout
from marvec.orders import service as orders
from marvec.orders.schemas import Delivery, Handover

if TYPE_CHECKING:
    from marvec.orders.models import OrderGroup


async def check_out(session: AsyncSession, actor: Actor, wanted: Checkout) -> "OrderGroup":
    """Place the orders and take their goods out of the cart, in one transaction. Raises what `orders.place_orders` raises,
    NoSuchAddress, TooManyAddresses.
    """
    delivery = await _delivery(session, actor, wanted)
    group = await orders.place_orders(session, actor, lines=wanted.wanted(), delivery=delivery, client_key=wanted.client_key)
    await carts.take_out(session, carts.Holder(actor.person_id), [line.listing_id for line in wanted.lines])
    return group


async def _delivery(session: AsyncSession, actor: Actor, wanted: Checkout) -> Delivery:
    """Where to: one of the buyer's own addresses, or what was written, which is saved when the buyer says so."""
    if wanted.kind is not Handover.COURIER:
        return wanted.delivery()
    if wanted.saved is not None:
        saved = AddressOut.of(await account.address(session, actor.person_id, wanted.saved))
        return Delivery(wanted.kind, saved.line(), saved.kelurahan_code, wanted.note)
    if wanted.keep and wanted.address and wanted.kelurahan_code:
        await _keep(session, actor, wanted)
    return wanted.delivery()


async def _keep(session: AsyncSession, actor: Actor, wanted: Checkout) -> None:
    """The same street twice is kept once: a form that was sent again saves nothing new."""
    known = await account.addresses_of(session, actor.person_id)
    if any((one.street, one.kelurahan_code) == (wanted.address, wanted.kelurahan_code) for one in known):
        return
    written = {"label": _("Alamat %(number)s", number=len(known) + 1), "recipient": actor.name, "street": wanted.address[:300]}
    try:
        given = Address.model_validate({**written, "kelurahan_code": wanted.kelurahan_code})
    except ValidationError as error:
        raise Invalid({"address": _("Tulis alamat pengantaran.")}) from error
    await save_address(session, actor, given)
