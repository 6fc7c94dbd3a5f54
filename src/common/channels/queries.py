"""Reads of channels."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.channels.letters import LETTERS
from common.channels.models import Carrier, ChannelMessage
from common.sealing import unseal
from common.settings import get_settings

PURPOSE = "channel-message"


@dataclass(frozen=True)
class Shown:
    """A message as `/dev/pesan` shows it."""

    address: str
    subject: str
    text: str
    created_at: datetime
    sent_at: datetime | None


async def recent(session: AsyncSession, limit: int = 50) -> list[Shown]:
    """The last messages, newest first, as far as their content is still kept: never in production."""
    statement = select(ChannelMessage).where(col(ChannelMessage.channel) != Carrier.NOWHERE, col(ChannelMessage.sealed_params).is_not(None))
    rows = await session.scalars(statement.order_by(col(ChannelMessage.id).desc()).limit(limit))
    return [Shown(row.address, *LETTERS[row.template].written(params_of(row)), row.created_at, row.sent_at) for row in rows]


def params_of(row: ChannelMessage) -> dict[str, str]:
    """What fills the letter's gaps; empty once dropped."""
    if row.sealed_params is None:
        return {}
    key = get_settings().secret_key.get_secret_value()
    params: dict[str, str] = json.loads(unseal(key, row.sealed_params, purpose=PURPOSE, subject=str(row.id)))
    return params
