"""What identity keeps of a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from common.audit import happenings
from common.i18n import gettext as _
from common.identity import queries, service
from common.personal import Hindrance

MOST_HAPPENINGS = 10_000
OWN = {"id", "name", "phone", "email", "phone_confirmed_at", "email_confirmed_at", "locale", "created_at"}


@personal.exports("akun")
async def account(session: AsyncSession, person_id: UUID) -> Any:
    """The one place besides an officer's reading where the whole NIK is written out: into the owner's own sealed file."""
    person = await queries.by_id(session, person_id)
    waiting = await queries.waiting_address(session, person)
    nik = await queries.nik_of(session, person_id)
    return {
        **person.model_dump(include=OWN),
        "nik": service.own_nik(nik) if nik else None,
        "born_on": nik.born_on if nik else None,
        "waiting_address": waiting.text if waiting else None,
        "identity": (await service.facts(session, person_id)).model_dump(),
        "consents": [one.model_dump(exclude={"person_id"}) for one in await queries.consents_of(session, person_id)],
        "devices": [
            one.model_dump(include={"device", "created_at", "last_seen_at"}) for one in await queries.devices_of(session, person_id)
        ],
        "happenings": [
            {"at": one.at, "what": one.what, **one.details} for one in await happenings.of_person(session, person_id, None, MOST_HAPPENINGS)
        ],
        "passkeys": [one.model_dump(include={"name", "made_at", "last_used_at"}) for one in await queries.passkeys_of(session, person_id)],
        "tokens": [
            one.model_dump(include={"name", "scopes", "created_at", "expires_at"}) for one in await queries.tokens_of(session, person_id)
        ],
        "roles": [{"role": grant.role, "scope": grant.scope} for grant, _name in await queries.grants_of(session, person_id)],
    }


@personal.hinders("common.identity")
async def last_admin(session: AsyncSession, person_id: UUID) -> Sequence[Hindrance]:
    """Somebody must be left who can give roles."""
    admins = {grant.person_id for grant in await queries.admins_for_update(session)}
    return [Hindrance(_("Anda admin terakhir: beri dulu peran itu kepada orang lain."), "/admin/peran")] if admins == {person_id} else []
