"""What the first page says to an operator: reports that wait."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Waiting
from common.i18n import ngettext
from marvec.moderation import policy, queries


@front.waits("marvec.moderation")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    if not policy.may_moderate(actor) or not (count := await queries.count_open(session)):
        return []
    words = ngettext("%(n)s laporan warga menunggu keputusan", "%(n)s laporan warga menunggu keputusan", count)
    return [Waiting(words, "/operator/moderasi", "warning", urgent=True)]
