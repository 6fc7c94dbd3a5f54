"""What queues bring to the first page and to the one search: one's number, an officer's line, places with numbers."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from civic.directory import queries as directory
from civic.queues import policy, queries, views
from civic.queues.models import State
from common import front
from common.actor import Actor, Role
from common.front import Finding, Found, Waiting
from common.i18n import gettext as _
from common.i18n import ngettext, tanggal

QUEUEING = frozenset({"antre", "antri", "antrean", "antrian", "nomor", "queue"})
HEALTH = frozenset({"puskesmas", "berobat", "dokter", "poli"})
MOST = 4


@front.waits("civic.queues")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    found = [_own(await views.standing_of(session, ticket)) for ticket in await queries.living_of(session, actor.person_id)]
    return [*found, *await _line(session, actor)]


@front.finds("civic.queues")
def found(text: str) -> Found:
    """Queues in general for who asks for one; a puskesmas by its name."""
    words = set(text.casefold().split())
    findings = []
    if words & (QUEUEING | HEALTH):
        findings.append(
            Finding(_("Ambil nomor antrean"), "/antrean", _("Puskesmas, kecamatan, dan kantor kota: ambil nomor antrean dari rumah."))
        )
    named = words - QUEUEING - HEALTH
    if named and words & (QUEUEING | HEALTH):
        places = [one for one in directory.find(" ".join(named)) if one.kind == "puskesmas"][:MOST]
        findings += [Finding(one.name, f"/antrean/tempat/{one.code}", one.address) for one in places]
    return Found(findings)


def _own(seen: views.Standing) -> Waiting:
    facts = {"number": seen.ticket.number, "counter": seen.counter.name, "before": seen.before, "date": tanggal(seen.ticket.day)}
    if seen.ticket.state == State.CALLED:
        text = _("Nomor %(number)s Anda sedang dipanggil di %(counter)s") % facts
    elif seen.ticket.state == State.WAITING and seen.is_today:
        text = _("Nomor %(number)s Anda di %(counter)s: %(before)s orang lagi") % facts
    else:
        text = _("Nomor %(number)s Anda di %(counter)s, %(date)s") % facts
    urgent = seen.ticket.state == State.CALLED or (seen.is_open and seen.before <= policy.NEAR)
    return Waiting(text, f"/antrean/{seen.ticket.id}", "clock", urgent=urgent)


async def _line(session: AsyncSession, actor: Actor) -> list[Waiting]:
    """For an officer of a place with counters: how many wait there now."""
    if not actor.offices(Role.OFFICER):
        return []
    counters = await views.counters_now(session, await queries.served_by(session, actor))
    many = sum(one.waiting for one in counters)
    text = ngettext("%(n)s orang menunggu di antrean", "%(n)s orang menunggu di antrean", many)
    return [Waiting(text, "/meja/antrean", "clock", urgent=True)] if many else []
