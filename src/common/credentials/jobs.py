"""Credentials that end by their date."""

from common.credentials import service
from common.db import unit_of_work
from common.jobs import every


@every("credentials.tell_expired", seconds=3600)
async def tell_expired() -> None:
    """All that wait, a batch a transaction."""
    while True:
        async with unit_of_work() as session:
            if not await service.tell_expired(session):
                return
