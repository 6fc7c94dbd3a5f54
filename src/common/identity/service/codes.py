"""Codes sent to an address: six digits, ten minutes, five tries."""

import hmac
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.channels import service as channels
from common.channels.errors import NoChannel
from common.channels.models import Carrier
from common.db import hot
from common.identity.errors import CannotReach, WrongCode
from common.identity.letters import CONFIRM, RESET
from common.identity.models import ConfirmationCode, Purpose
from common.identity.policy import Address
from common.identity.service import keys, throttling
from common.identity.service.sessions import Client
from common.sealing import keyed_hash
from common.settings import get_settings

LIVES = timedelta(minutes=10)
KEPT = timedelta(days=1)
LETTERS = {Purpose.CONFIRM: CONFIRM, Purpose.RESET: RESET}

# Only the newest code that this asker asked for counts: a stranger's guesses and wishes use up the stranger's own codes. The try is counted
# in its own commit before it is judged.
TRY = """
UPDATE confirmation_code SET tries = tries + 1
WHERE id = (SELECT id FROM confirmation_code WHERE address = $1 AND purpose = $2 AND asker = $4 ORDER BY created_at DESC, id DESC LIMIT 1)
  AND tries < 5 AND used_at IS NULL AND expires_at > $3
RETURNING id, person_id, code_hash
"""
USE = "UPDATE confirmation_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id"


async def send_code(
    session: AsyncSession, person_id: UUID | None, address: Address, purpose: Purpose, *, client: Client | None = None, locale: str = "id"
) -> str:
    """Make a code and promise its letter. Without a person (an unknown address) all is the same, but the letter goes nowhere."""
    asker = _asker(purpose, person_id, client)
    await throttling.count("code", f"{address.text} {asker.hex()}", throttling.CODE)
    await throttling.count("codes-to-address", address.text, throttling.CODES_TO_ADDRESS)
    if client and client.device:
        await throttling.count("codes-of-device", client.device, throttling.CODES_OF_DEVICE)
    if client and client.network:
        await throttling.count("codes-of-network", client.network, throttling.CODES_OF_NETWORK)
    code = keys.new_code()
    row = ConfirmationCode(
        person_id=person_id,
        address=address.text,
        purpose=purpose,
        code_hash=keys.code_hash(code, purpose, address.text),
        asker=asker,
        created_at=clock.now(),
        expires_at=clock.now() + LIVES,
    )
    session.add(row)
    channel = Carrier(address.kind) if person_id else Carrier.NOWHERE
    letter = LETTERS[purpose].name
    try:
        await channels.send(session, channel=channel, address=address.text, template=letter, params={"code": code}, locale=locale)
    except NoChannel as error:
        raise CannotReach from error
    return code


async def redeem(address: Address, purpose: Purpose, code: str, *, person_id: UUID | None = None, client: Client | None = None) -> UUID:
    """The person whose code this was: used up now, even when what follows fails. Raises `WrongCode` for whatever reason.

    A code to confirm is its person's; one to reset is for where it was asked from.
    """
    now, asker = clock.now(), _asker(purpose, person_id, client)
    async with hot() as connection:
        row = await connection.fetchrow(TRY, address.text, purpose.value, now, asker)
        right = row is not None and hmac.compare_digest(row["code_hash"], keys.code_hash(code, purpose, address.text))
        if row is None or not right or row["person_id"] is None or await connection.fetchval(USE, row["id"], now) is None:
            raise WrongCode({"code": str(WrongCode())})
    owner: UUID = row["person_id"]
    return owner


async def forget_old(session: AsyncSession) -> None:
    """Codes of yesterday, and the addresses in them."""
    await session.execute(delete(ConfirmationCode).where(col(ConfirmationCode.created_at) < clock.now() - KEPT))


def _asker(purpose: Purpose, person_id: UUID | None, client: Client | None) -> bytes:
    """Who is signed in, for one's own address; else the browser, by its cookie; a program without one by its network and name."""
    where = client or Client()
    name = str(person_id) if purpose is Purpose.CONFIRM else where.device or f"{where.network} {where.user_agent}"
    return keyed_hash(get_settings().secret_key.get_secret_value(), name, purpose="asker")
