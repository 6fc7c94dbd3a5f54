"""Ways back: every change of an account's keys is written to the addresses that were confirmed before it, with a link that undoes it, and
all that was changed after it, for seven days. Who uses it chooses a new password by a code to the restored address.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.channels import service as channels
from common.i18n import N_, gettext, speaking
from common.identity import policy, queries
from common.identity.errors import NoWayBack
from common.identity.letters import CHANGED, WARNED
from common.identity.models import Change, Passkey, Person, WayBack
from common.identity.policy import Address
from common.identity.service import keys
from common.web.addresses import absolute

LIVES = timedelta(days=7)
SAID = {
    Change.ADDRESS: N_("Nomor HP atau email akun Marvec Anda diganti."),
    Change.PASSWORD: N_("Kata sandi akun Marvec Anda diganti."),
    Change.FACTOR_ON: N_("Autentikator akun Marvec Anda diaktifkan."),
    Change.FACTOR_OFF: N_("Autentikator akun Marvec Anda dimatikan."),
    Change.PASSKEY_ON: N_("Kunci sandi baru ditambahkan di akun Marvec Anda."),
    Change.PASSKEY_OFF: N_("Kunci sandi dihapus dari akun Marvec Anda."),
    Change.TOKEN: N_("Token baru untuk program dibuat di akun Marvec Anda."),
}


async def open_way_back(
    session: AsyncSession,
    person: Person,
    change: Change,
    *,
    old: Address | None = None,
    kind: str | None = None,
    sealed: bytes | None = None,
    passkey_id: UUID | None = None,
) -> None:
    """Write to all addresses that were confirmed before the change: those of the person, and the `old` one instead of its follower."""
    token, token_hash = keys.new_token()
    row = WayBack(
        person_id=person.id, token_hash=token_hash, change=change, kind=kind, old=old.text if old else None, sealed=sealed,
        passkey_id=passkey_id, made_at=clock.now(), expires_at=clock.now() + LIVES,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    with speaking(person.locale):
        params = {"what": gettext(SAID[change]), "link": absolute(f"/akun/kembalikan/{token}")}
    await _write(session, person, _told(person, old, kind), CHANGED.name, params)


async def warn_of_clone(session: AsyncSession, person: Person, name: str) -> None:
    """To all confirmed addresses: there is nothing to undo, but something to do."""
    params = {"name": name, "link": absolute("/akun/keamanan")}
    await _write(session, person, policy.confirmed_addresses(person), WARNED.name, params)


async def open_to(session: AsyncSession, token: str) -> WayBack:
    """The way back that this link leads to. Raises `NoWayBack`."""
    row = await queries.way_back(session, keys.hash_of(token))
    if row is None or row.expires_at <= clock.now():
        raise NoWayBack
    return row


async def forget_over(session: AsyncSession) -> None:
    """Links that lead nowhere any more, the old addresses in them, and the removed passkeys that no link leads to."""
    await session.execute(delete(WayBack).where(col(WayBack.expires_at) < clock.now()))
    led_to = select(col(WayBack.id)).where(col(WayBack.passkey_id) == col(Passkey.id)).exists()
    await session.execute(delete(Passkey).where(col(Passkey.removed_at).is_not(None), ~led_to))


def _told(person: Person, old: Address | None, kind: str | None) -> list[Address]:
    standing = [address for address in policy.confirmed_addresses(person) if address.kind != kind]
    return [*([old] if old else []), *standing]


async def _write(session: AsyncSession, person: Person, told: list[Address], template: str, params: dict[str, str]) -> None:
    for address in told:
        if channels.can_carry(address.kind):
            await channels.send(session, channel=address.kind, address=address.text, template=template, params=params, locale=person.locale)
