"""Sending: the row stands in the caller's transaction, a job carries it out afterwards, outside of any lock."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids, outbox
from common.channels import queries
from common.channels.carriers import carrier_for
from common.channels.errors import NoChannel
from common.channels.letters import LETTERS
from common.channels.models import Carrier, ChannelMessage
from common.db import unit_of_work
from common.i18n import speaking
from common.sealing import seal
from common.settings import get_settings

KEPT = timedelta(days=30)


def can_carry(channel: str) -> bool:
    """Whether anything here could carry a letter this way: without a gateway, nobody in production has a phone."""
    try:
        carrier_for(Carrier(channel), get_settings())
    except NoChannel:
        return False
    return True


async def send(
    session: AsyncSession, *, channel: str, address: str, template: str, params: dict[str, str], locale: str = "id",
    not_before: datetime | None = None,
) -> None:  # fmt: skip
    """Promise one letter (registered as `template`) to one address, carried at once or `not_before`.

    Raises `NoChannel` at once when nothing here could ever carry it.
    """
    carrier = Carrier(channel)
    if carrier is not Carrier.NOWHERE:
        carrier_for(carrier, get_settings())
    message_id = ids.uuid7()
    key = get_settings().secret_key.get_secret_value()
    sealed = seal(key, json.dumps(params).encode(), purpose=queries.PURPOSE, subject=str(message_id))
    row = ChannelMessage(id=message_id, channel=carrier, address=address, locale=locale, template=template, sealed_params=sealed)
    session.add(row)
    await session.flush()
    await outbox.enqueue(session, "channels.deliver", run_at=not_before, message_id=str(message_id))


async def forget(session: AsyncSession, addresses: Collection[str]) -> None:
    """No letter names these addresses any more; those that were not carried yet stay behind."""
    await session.execute(delete(ChannelMessage).where(col(ChannelMessage.address).in_(addresses)))


async def forget_old(session: AsyncSession) -> None:
    """Letters that were carried a month ago."""
    await session.execute(delete(ChannelMessage).where(col(ChannelMessage.sent_at) < clock.now() - KEPT))


async def deliver(message_id: UUID) -> None:
    """Carry one message out, unless that is done. Own transactions: the provider is called between them."""
    async with unit_of_work() as session:
        row = await session.get(ChannelMessage, message_id)
    if row is None or row.sent_at is not None:
        return
    if row.channel is not Carrier.NOWHERE:
        with speaking(row.locale):
            subject, text = LETTERS[row.template].written(queries.params_of(row))
        await carrier_for(row.channel, get_settings()).send(row.address, subject, text, message_id=str(row.id))
    async with unit_of_work() as session:
        values: dict[str, object] = {"sent_at": clock.now()}
        if not get_settings().demo:
            values["sealed_params"] = None
        await session.execute(update(ChannelMessage).where(col(ChannelMessage.id) == message_id).values(values))
