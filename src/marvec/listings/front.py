"""What goods bring to a seller's first day (the first listing, from one photo) and to the trust in a shop (the permits it sells under)."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.credentials import queries as credentials
from common.i18n import gettext as _
from marvec.listings import goods, queries
from marvec.storefronts.guide import STEPS, Step
from marvec.storefronts.models import Storefront
from marvec.storefronts.trust import SIGNS, Sign


async def first_listing(session: AsyncSession, shop: Storefront) -> Step:
    """Done when something can be seen; a draft is on its way."""
    text = _("Barang pertama")
    if await queries.of_storefront(session, shop.id, only_visible=True, limit=1):
        return Step(text, _("Sudah tampil di pasar."), done=True)
    if drafts := await queries.of_storefront(session, shop.id, only_visible=False, limit=1):
        note = _("“%(title)s” belum tampil.", title=drafts[0].title)
        return Step(text, note, done=False, link=f"/toko-saya/{shop.slug}/barang/{drafts[0].id}", action=_("Lanjutkan"))
    note = _("Mulai dari satu foto. Nama dan harganya menyusul.")
    return Step(text, note, done=False, link=f"/toko-saya/{shop.slug}/barang/baru", action=_("Tambah barang"))


async def permits(session: AsyncSession, shop: Storefront) -> list[Sign]:
    """Only the kinds that goods are sold under: what else the city says of the owner is nobody's business here."""
    held = await credentials.in_force_of(session, (shop.id, shop.owner_id), goods.CITY_CREDENTIALS)
    return [Sign(_("Izin berlaku"), one.title, "check", f"/cek/{one.code}") for one in held]


STEPS.append(first_listing)
SIGNS.append(permits)
