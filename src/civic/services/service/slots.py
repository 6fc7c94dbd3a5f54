"""Appointments: kept open for the next working days by a timer that may run twice."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import working_days
from civic.services import catalogue, queries
from civic.services.catalogue import Service, SlotRule
from civic.services.models import Slot
from common import clock, ids


async def open_slots(session: AsyncSession) -> None:
    """For every service with appointments, the slots of its coming working days; those that exist stay as they are."""
    for service in catalogue.current():
        if service.slot is not None:
            rows = _slots(service, service.slot)
            await session.execute(insert(Slot).values(rows).on_conflict_do_nothing())


def _slots(service: Service, rule: SlotRule) -> list[dict[str, object]]:
    day, rows = clock.today(), []
    for _ in range(rule.days_ahead):
        day = working_days.add(day, 1)
        for moment in queries.moments(day, rule.opens, rule.closes, rule.minutes):
            fixed = {"service": service.code, "office": service.office, "minutes": rule.minutes, "capacity": rule.capacity, "booked": 0}
            rows.append({"id": ids.uuid7(), "starts_at": moment, **fixed})
    return rows
