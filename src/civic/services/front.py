"""What the city brings to the first page: cases that wait for their applicant or their officer, and services found by people's words."""

from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import catalogue, life_events, occasions, queries
from civic.services.life_events import LifeEvent
from civic.services.models import AT_THE_OFFICE, State
from common import front
from common.actor import Actor, Role
from common.front import Finding, Found, Waiting
from common.i18n import gettext as _
from common.i18n import ngettext


@front.waits("civic.services")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    return [*await _own_cases(session, actor), *await _desks(session, actor)]


@front.finds("civic.services")
def found(text: str) -> Found:
    """Life events first (they know the words people use), then services whose name or summary holds the words."""
    events = life_events.find(text)
    named = {finding.title: finding for finding in (*_by_event(events), *_by_name(text))}
    return Found(list(named.values()), emergency=any(event.emergency for event in events))


async def _own_cases(session: AsyncSession, actor: Actor) -> list[Waiting]:
    words = {
        State.CORRECTION: _("Permohonan %(reference)s perlu diperbaiki"),
        State.AWAITING_PAYMENT: _("Retribusi permohonan %(reference)s belum dibayar"),
        State.DRAFT: _("Lanjutkan mengisi permohonan %(reference)s"),
    }
    rows = await queries.waiting_for_applicant(session, actor.person_id)
    return [
        Waiting(words[row.state] % {"reference": row.reference}, f"/permohonan/{row.id}", "file", urgent=row.state != State.DRAFT)
        for row in rows
    ]


async def _desks(session: AsyncSession, actor: Actor) -> list[Waiting]:
    offices = actor.offices(Role.OFFICER)
    if not offices:
        return []
    counts = await queries.desk_counts(session, offices)
    many = sum(counts.get(state, 0) for state in AT_THE_OFFICE)
    return (
        [Waiting(ngettext("%(n)s permohonan di meja Anda", "%(n)s permohonan di meja Anda", many), "/meja", "city", urgent=True)]
        if many
        else []
    )


def _by_event(events: Sequence[LifeEvent]) -> Iterator[Finding]:
    for event in events:
        if event.service != life_events.EMERGENCY:
            yield _finding(event.service)
    for service in {service: None for event in events[:1] for service in event.also if service != life_events.EMERGENCY}:
        yield _finding(service)


def _by_name(text: str) -> Iterator[Finding]:
    words = [word for word in text.casefold().split() if len(word) > 2]
    for service in catalogue.current():
        if words and all(word in f"{service.code} {service.name.id} {service.name.en}".casefold() for word in words):
            yield _finding(service.code)


def _finding(code: str) -> Finding:
    """Served here: its page. Not yet: the office that serves it."""
    way = occasions.way_to(code)
    return Finding(way.name, way.link, str(way.service.summary) if way.service else "", way.note)
