"""What people keep at home: addresses they had written down, and things that others asked the house to look at."""

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.account import service as account
from common.account.schemas import Address
from marvec.listings import queries as listings
from marvec.moderation import queries as cases
from marvec.moderation import service as moderation
from marvec.moderation.models import CaseState, Reason
from marvec.moderation.schemas import Decide, ReportThing
from marvec.seed import people
from marvec.seed.accounts import ACCOUNTS
from marvec.seed.moments import History
from marvec.selling import service as selling
from marvec.selling.schemas import WriteAppeal
from marvec.storefronts import queries as storefronts

ADDRESSES = (
    ("pembeli", "Rumah", "Jl. Contoh Raya 12, lorong 3", "73.71.09.1001", "Pagar biru, seberang masjid"),
    ("pembeli", "Kantor", "Jl. Percobaan 5, lantai 2", "73.71.10.1007", ""),
    ("ibu", "Rumah", "Jl. Misal 8", "73.71.09.1001", "Titip di tetangga kalau kosong"),
)
REPORTS = (
    (2, Reason.MISLEADING, "Gambarnya lain dari barang yang datang.", None),
    (2, Reason.FAKE, "", None),
    (3, Reason.UNLICENSED, "Saya tanya izinnya, tidak dijawab.", None),
    (4, Reason.FRAUD, "Minta dibayar di luar aplikasi.", "Sudah kami tanyakan ke kedua pihak; ternyata salah paham."),
)
"""The part of the shops at which the shop stands, why its newest thing was reported, in which words, and how the house closed the case."""
PLEAS = (
    (3, "Saya terima pesanan katering untuk wisuda bulan ini. KTP saya masih diurus di Disdukcapil."),
    (6, "Jelang Maulid pesanan naik tiga kali. Mohon dinaikkan dulu, NIK menyusul minggu depan."),
)
"""Of which shops the owners, who have not given their NIK, ask to sell more, and in which words."""


async def live_through(session: AsyncSession, history: History) -> None:
    """Addresses are kept, and things are reported by one buyer after the other."""
    with clock.frozen(history.ago(24 * 60)):
        for key, label, street, kelurahan, note in ADDRESSES:
            actor = await people.actor(session, key)
            recipient = next(account.name for account in ACCOUNTS if account.key == key)
            await account.keep_address(
                session, actor, Address(label=label, recipient=recipient, street=street, kelurahan_code=kelurahan, note=note)
            )
    for number, (part, reason, words, answer) in enumerate(REPORTS):
        with clock.frozen(history.ago(50 - 12 * number)):
            await _report(session, people.SHOPS // part, people.buyer_keys()[1 + number], ReportThing(reason=reason, words=words), answer)
    for number, (shop, words) in enumerate(PLEAS):
        with clock.frozen(history.ago(30 - 8 * number)):
            await selling.write_appeal(session, await people.actor(session, people.owner_key(shop)), WriteAppeal(words=words))


async def _report(session: AsyncSession, shop: int, reporter: str, given: ReportThing, answer: str | None) -> None:
    owner = await people.actor(session, people.owner_key(shop))
    storefront = (await storefronts.owned_by(session, owner.person_id))[0]
    listing = (await listings.of_storefront(session, storefront.id, only_visible=True, limit=1))[0]
    await moderation.report_listing(session, await people.actor(session, reporter), listing.id, given)
    if answer:
        reported = (await cases.page_of(session, decided=False, limit=100, cursor=None)).items
        case = next(case for case in reported if case.subject_id == listing.id)
        await moderation.decide(
            session, await people.actor(session, "operator"), case.id, Decide(state=CaseState.DISMISSED, because=answer)
        )
