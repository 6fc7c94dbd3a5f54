"""The first day of a seller, as steps whose state is read, never ticked by hand. Rooms above say how far their own step is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from common.i18n import gettext as _
from common.payments import queries as payments
from marvec.storefronts.models import Storefront


@dataclass(frozen=True, slots=True)
class Step:
    """`link` is where it is done; `post` when that takes a button of its own; neither when somebody else must act first."""

    text: str
    note: str
    done: bool
    link: str = ""
    action: str = ""
    post: bool = False


AskStep = Callable[[AsyncSession, Storefront], Awaitable[Step]]
STEPS: list[AskStep] = []
"""Between opening the shop and the payouts, in the order of registering."""


async def first_day(session: AsyncSession, shop: Storefront) -> list[Step]:
    """All steps of a shop; empty once every step before the last (showing the shop around) is done."""
    opened = Step(_("Toko sudah buka"), shop.name, done=True)
    steps = [opened, *[await ask(session, shop) for ask in STEPS], await _payouts(session, shop)]
    return [] if all(step.done for step in steps) else [*steps, _share(shop, ready=all(step.done for step in steps[:2]))]


async def _payouts(session: AsyncSession, shop: Storefront) -> Step:
    account = await payments.seller_account(session, shop.id)
    text = _("Rekening penerima")
    link = f"/toko-saya/{shop.slug}/rekening"
    if account is not None and account.payouts_enabled and account.transfers_enabled:
        return Step(text, _("Rekening siap menerima uang."), done=True)
    if account is None or not account.details_submitted:
        note = _("Uang penjualan dikirim ke sini setelah barang sampai. Tetap bisa ki’ berjualan; uangnya kami simpan dulu.")
        return Step(text, note, done=False, link=link, action=_("Siapkan rekening"))
    return Step(
        text, _("Datanya belum lengkap, atau masih diperiksa penyedia pembayaran."), done=False, link=link, action=_("Lihat rekening")
    )


def _share(shop: Storefront, *, ready: bool) -> Step:
    note = _("Kirim alamat tokonya ke keluarga dan langganan ta’.") if ready else _("Setelah ada barang yang tampil.")
    return Step(_("Kabari orang"), note, done=False, link=f"/toko/{shop.slug}" if ready else "", action=_("Buka toko ta’"))
