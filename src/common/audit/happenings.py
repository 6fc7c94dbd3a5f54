"""What happened to the keys of an account: who came in or failed to, what was changed, what was refused. Entries of the trail like any
other, about the account, and shown to its owner. They name the device in words; no address of any kind, no secret, no NIK.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.audit.models import AuditEntry
from common.audit.service import without_nik
from common.i18n import N_
from common.i18n import gettext as _
from common.web import paging

ACCOUNT = "account"
LIST = "happenings"


class Happening(StrEnum):
    """What happened."""

    SIGNED_IN = "account.signed_in"
    SIGN_IN_FAILED = "account.sign_in_failed"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105  no password
    PASSWORD_RESET = "account.password_reset"  # noqa: S105  no password
    ADDRESS_CHANGED = "account.address_changed"
    ADDRESS_CONFIRMED = "account.address_confirmed"
    FACTOR_ON = "account.factor_on"
    FACTOR_OFF = "account.factor_off"
    PASSKEY_ON = "account.passkey_on"
    PASSKEY_OFF = "account.passkey_off"
    PASSKEY_CLONED = "account.passkey_cloned"
    TOKEN_MADE = "account.token_made"  # noqa: S105  no token
    TOKEN_REVOKED = "account.token_revoked"  # noqa: S105  no token
    DEVICE_SIGNED_OUT = "account.device_signed_out"
    REFUSED = "account.refused"


NAMES = {
    Happening.SIGNED_IN: N_("Masuk ke akun"),
    Happening.SIGN_IN_FAILED: N_("Gagal masuk ke akun"),
    Happening.PASSWORD_CHANGED: N_("Kata sandi diganti"),
    Happening.PASSWORD_RESET: N_("Kata sandi dibuat baru dengan kode"),
    Happening.ADDRESS_CHANGED: N_("Nomor HP atau email diganti"),
    Happening.ADDRESS_CONFIRMED: N_("Nomor HP atau email dikonfirmasi"),
    Happening.FACTOR_ON: N_("Autentikator diaktifkan"),
    Happening.FACTOR_OFF: N_("Autentikator dimatikan"),
    Happening.PASSKEY_ON: N_("Kunci sandi ditambahkan"),
    Happening.PASSKEY_OFF: N_("Kunci sandi dihapus"),
    Happening.PASSKEY_CLONED: N_("Kunci sandi yang tampaknya disalin ditolak"),
    Happening.TOKEN_MADE: N_("Token dibuat"),
    Happening.TOKEN_REVOKED: N_("Token dicabut"),
    Happening.DEVICE_SIGNED_OUT: N_("Perangkat lain dikeluarkan"),
    Happening.REFUSED: N_("Akses ditolak"),
}
WORRYING = frozenset({Happening.SIGN_IN_FAILED, Happening.REFUSED, Happening.PASSKEY_CLONED})


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of the owner's list. `details`: device, route, kind of address, scopes; whatever belongs to `what`."""

    id: UUID
    at: datetime
    what: Happening
    details: dict[str, Any]


class HappeningOut(BaseModel):
    """What happened to the keys of an account: when, what (stable, and in words), and where it was or what it was about."""

    at: datetime
    what: Happening
    title: str
    about: str
    worrying: bool

    @classmethod
    def of(cls, row: Happened) -> "HappeningOut":
        """In the words of the language spoken now."""
        told = row.details
        kinds = {"phone": _("nomor HP"), "email": _("email")}
        about = [
            told.get("device", ""),
            told.get("passkey", ""),
            kinds.get(told.get("kind", ""), ""),
            told.get("route", ""),
            told.get("scopes", ""),
        ]
        shown = ", ".join(part for part in about if part)
        return cls(at=row.at, what=row.what, title=_(NAMES[row.what]), about=shown, worrying=row.what in WORRYING)


async def record(
    session: AsyncSession, person_id: UUID, what: Happening, *, by_owner: bool = True, at: datetime | None = None, **details: str
) -> None:
    """Put it on record in this transaction. `by_owner`: somebody who was signed in; who fails to sign in is nobody yet."""
    kept = {key: without_nik(value) for key, value in details.items() if value}
    actor_id = person_id if by_owner else None
    at = at or clock.now()
    session.add(AuditEntry(at=at, actor_id=actor_id, action=what, subject_kind=ACCOUNT, subject_id=str(person_id), details=kept))
    await session.flush()


async def of_person(session: AsyncSession, person_id: UUID, cursor: str | None, limit: int) -> Sequence[Happened]:
    """The newest first; `limit + 1` rows."""
    mine = select(AuditEntry).where(col(AuditEntry.subject_kind) == ACCOUNT, col(AuditEntry.subject_id) == str(person_id))
    newest = paging.after(mine, [col(AuditEntry.id)], paging.keys_of(LIST, cursor), descending=True)
    return [Happened(row.id, row.at, Happening(row.action), row.details) for row in await session.scalars(newest.limit(limit + 1))]
