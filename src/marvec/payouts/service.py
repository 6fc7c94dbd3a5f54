"""The verbs of payouts: to the provider's form and back, statements, and telling a seller what her money waits for."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.actor import Actor
from common.db import unit_of_work
from common.events import SellerAccountChanged
from common.i18n import N_
from common.money import rupiah
from common.notifications import service as notifications
from common.payments import movements
from common.payments import queries as payments
from common.payments import service as money
from common.settings import get_settings
from marvec.orders import queries as orders
from marvec.payouts import requirements
from marvec.payouts.months import bounds_of
from marvec.payouts.schemas import LineOut, StatementOut
from marvec.storefronts import policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NotYourStorefront
from marvec.storefronts.models import Storefront

KIND = "payment.account"
REMIND = "payouts.remind"
READY = N_("Rekening penerima %(shop)s siap. Uang penjualan langsung kami teruskan.")
WAITS_FOR_ACCOUNT = N_("Uang %(amount)s dari %(shop)s menunggu rekening penerima. Lengkapi datanya supaya bisa kami teruskan.")
WAITS_FOR_ADDRESS = N_("Uang %(amount)s dari %(shop)s kami simpan. Konfirmasi nomor HP atau email supaya bisa kami teruskan.")
PAUSED = N_("Penyedia pembayaran menghentikan pembayaran untuk %(shop)s. Lihat apa yang diminta.")
ASKED = N_("Penyedia pembayaran meminta data lagi untuk %(shop)s. Lihat apa yang diminta.")


async def owned(session: AsyncSession, actor: Actor, slug: str) -> Storefront:
    """The actor's shop of this address. Raises NoSuchStorefront, NotYourStorefront."""
    return _mine(actor, await storefronts.by_slug(session, slug))


async def owned_by_id(session: AsyncSession, actor: Actor, storefront_id: UUID) -> Storefront:
    return _mine(actor, await storefronts.by_id(session, storefront_id))


async def onboard(actor: Actor, slug: str) -> str:
    """Where the seller goes on at the provider; a session is never held meanwhile. Raises NotYourStorefront, ProviderAway, Refused."""
    async with unit_of_work() as session:
        shop = await owned(session, actor, slug)
        policy.must_be_confirmed(actor)
    home = f"{get_settings().base_url}/toko-saya/{shop.slug}/rekening"
    return await money.open_link(shop.id, return_url=f"{home}/kembali", refresh_url=f"{home}/lanjut")


async def come_back(actor: Actor, slug: str) -> None:
    """Read how the account stands now: who comes back may have given everything, or nothing."""
    async with unit_of_work() as session:
        shop = await owned(session, actor, slug)
    await money.read_account(shop.id, patiently=True)


async def dashboard(actor: Actor, slug: str) -> str:
    """The provider's own page of the account. Raises NotYourStorefront, ProviderAway, Refused."""
    async with unit_of_work() as session:
        shop = await owned(session, actor, slug)
    return await money.open_dashboard(shop.id)


async def lines_of(session: AsyncSession, found: list[movements.Movement]) -> list[LineOut]:
    """Movements with the references of their orders."""
    references = await orders.references_of(session, {line.order_id for line in found if line.order_id})
    return [LineOut.of(line, references) for line in found]


async def statement(session: AsyncSession, shop: Storefront, month: date) -> StatementOut:
    """The month that begins on `month`, in the city's time."""
    since, until = bounds_of(month)
    opening = await movements.balance_at(session, shop.id, since)
    lines = await lines_of(session, await movements.between(session, shop.id, since, until))
    return StatementOut(shop=shop.name, month=month, opening=opening, lines=lines, closing=opening + sum(line.net for line in lines))


async def tell_account(session: AsyncSession, event: SellerAccountChanged) -> None:
    """The account is another than before. What has changed again meanwhile is told by its own fact; a payee that is no shop, elsewhere."""
    shop = (await storefronts.by_ids(session, {event.storefront_id})).get(event.storefront_id)
    row = await payments.seller_account(session, event.storefront_id)
    if shop is None or row is None or money.standing_of(row) != event.standing:
        return
    text = _news(requirements.told(row), paused=event.paused)
    if text:
        link = f"/toko-saya/{shop.slug}/rekening"
        await notifications.notify(session, shop.owner_id, kind=KIND, text=text, params={"shop": shop.name}, link=link)


async def remind_if_waiting(session: AsyncSession, storefront_id: UUID) -> None:
    """An order was completed: promise one reminder a day while its money waits for the seller."""
    if (await movements.balance_of(session, [storefront_id])).waiting:
        day = clock.today()
        await outbox.enqueue(session, REMIND, key=f"{REMIND}:{storefront_id}:{day}", storefront_id=str(storefront_id))


async def remind(session: AsyncSession, storefront_id: UUID) -> None:
    """Tell the seller how much waits, for what, and where to mend it."""
    shop = await storefronts.by_id(session, storefront_id)
    waiting = (await movements.balance_of(session, [storefront_id])).waiting
    if not waiting:
        return
    confirmed = await money.is_confirmed(session, storefront_id)
    text, link = (WAITS_FOR_ACCOUNT, f"/toko-saya/{shop.slug}/rekening") if confirmed else (WAITS_FOR_ADDRESS, "/konfirmasi")
    params = {"amount": rupiah(waiting), "shop": shop.name}
    await notifications.notify(session, shop.owner_id, kind=KIND, text=text, params=params, link=link)


async def send_what_waited(session: AsyncSession, person_id: UUID) -> None:
    """A seller was confirmed: what waited for that goes out."""
    for shop in await storefronts.owned_by(session, person_id):
        await money.send_waiting(session, shop.id)


def _news(account: requirements.AccountState, *, paused: bool) -> str:
    """What a seller is told of a new state; nothing of an account that is only now being opened, or being checked."""
    if paused:
        return PAUSED
    if account.state in ("none", "new", "checked"):
        return ""
    return ASKED if account.todo or account.wrong else READY if account.state == "ready" else PAUSED


def _mine(actor: Actor, shop: Storefront) -> Storefront:
    if not policy.may_manage(actor, shop):
        raise NotYourStorefront
    return shop
