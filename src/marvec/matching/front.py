"""What the first page says of requests: how many of them fit one's goods."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Waiting
from common.i18n import ngettext
from marvec.matching import queries


@front.waits("marvec.matching")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    fitting = await queries.count_chances(session, actor.person_id)
    words = ngettext("%(n)s pembeli mencari barang seperti punya ta’", "%(n)s pembeli mencari barang seperti punya ta’", fitting)
    return [Waiting(words, "/toko-saya/peluang", "diamond")] if fitting else []
