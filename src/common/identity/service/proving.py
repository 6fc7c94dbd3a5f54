"""Who sits at this session? Grave deeds (address, factor, tokens) ask for a proof of the last ten minutes: the password, a passkey,
or a code of the second factor. A further kind of proof is a further field of `ProveIt` and a line in `_check`.
"""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor
from common.errors import Invalid
from common.i18n import N_, gettext
from common.identity import queries
from common.identity.models import Ceremony, Person, PersonSession
from common.identity.schemas import ProveIt
from common.identity.service import passkeys, passwords, second_factor


async def prove_it(session: AsyncSession, actor: Actor, proof: ProveIt) -> None:
    """This session is proven from now on, for ten minutes. Raises `WrongPassword`, `WrongSecondFactor`, `WrongPasskey`, `Throttled`."""
    await _check(session, actor, await queries.by_id(session, actor.person_id), proof)
    mine = update(PersonSession).where(col(PersonSession.id) == actor.session_id, col(PersonSession.person_id) == actor.person_id)
    await session.execute(mine.values(proven_at=clock.now()))


async def _check(session: AsyncSession, actor: Actor, person: Person, proof: ProveIt) -> None:
    if proof.passkey:
        await passkeys.check(session, proof.passkey, Ceremony.PROOF, str(actor.session_id), person_id=person.id)
    elif proof.code and await queries.has_second_factor(session, person.id):
        await second_factor.check(session, person.id, proof.code, by=str(actor.session_id))
    elif proof.password:
        await passwords.check_own(person, proof.password, by=str(actor.session_id))
    else:
        raise Invalid({"password": gettext(N_("Wajib diisi."))})
