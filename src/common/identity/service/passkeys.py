"""Passkeys (WebAuthn Level 3): made, used, removed. The person's device asks for finger, face or PIN each time (user verification), so
that one stands for password and second factor together. What comes from the browser is the answer as JSON, read by `webauthn` alone.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, outbox
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.deeds import if_undone
from common.errors import NotFound, Unauthenticated
from common.identity import queries
from common.identity.errors import ConfirmFirst, NoPasskeysHere, PasskeyCloned, PasskeyTaken, TooManyPasskeys, WrongPasskey
from common.identity.models import Ceremony, Change, Passkey, Person
from common.identity.service import challenges, on_record, second_factor, ways_back
from common.identity.service.sessions import Client, end_keys, rotate

MOST = 10
CLONED_JOB = "identity.tell_cloned"
MILLISECONDS = int(challenges.LIVES.total_seconds() * 1000)


@dataclass(frozen=True)
class Made:
    """`codes`: new recovery codes, shown this once, where there were none; `token`: this session's, rotated."""

    codes: list[str]
    token: str | None


async def creation_options(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked. Raises `ConfirmFirst`, `TooManyPasskeys`, `NoPasskeysHere`."""
    from webauthn import generate_registration_options  # noqa: PLC0415  a fifth of a second that most processes never need
    from webauthn.helpers import options_to_json_dict, structs  # noqa: PLC0415

    _refuse_where_impossible()
    await _refuse_unfit(session, person := await queries.by_id(session, actor.person_id))
    selection = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    asked = generate_registration_options(
        rp_id=challenges.relying_party(),
        rp_name="Marvec",
        user_id=person.id.bytes,
        user_name=person.name,
        user_display_name=person.name,
        challenge=await challenges.new(Ceremony.REGISTER, str(actor.session_id)),
        timeout=MILLISECONDS,
        authenticator_selection=selection,
        exclude_credentials=[_named(one) for one in await queries.passkeys_of(session, person.id)],
    )
    return options_to_json_dict(asked)


async def request_options(
    session: AsyncSession, purpose: Ceremony, bound_to: str, *, person_id: UUID | None = None, client: Client | None = None
) -> dict[str, Any]:
    """What `navigator.credentials.get` is asked; for nobody in particular when who signs in is not known yet. Raises `NoPasskeysHere`."""
    from webauthn import generate_authentication_options  # noqa: PLC0415  as above
    from webauthn.helpers import options_to_json_dict, structs  # noqa: PLC0415

    _refuse_where_impossible()
    asked = generate_authentication_options(
        rp_id=challenges.relying_party(),
        challenge=await challenges.new(purpose, bound_to, client),
        timeout=MILLISECONDS,
        allow_credentials=[_named(one) for one in await queries.passkeys_of(session, person_id)] if person_id else [],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(asked)


async def register(session: AsyncSession, actor: Actor, name: str, answer: str) -> Made:
    """A new passkey in force. Other sessions and all tokens end, and the account's addresses hear of it.

    Raises `ConfirmFirst`, `TooManyPasskeys`, `ChallengeOver`, `WrongPasskey`, `PasskeyTaken`.
    """
    challenge = _challenge_of(answer)
    await challenges.take(challenge, Ceremony.REGISTER, str(actor.session_id))
    person = await queries.for_update(session, actor.person_id)
    if not await queries.stands(session, actor):
        raise Unauthenticated
    await _refuse_unfit(session, person)
    made = _checked_new(answer, challenge)
    row = Passkey(
        person_id=person.id, credential_id=made.credential_id, public_key=made.credential_public_key, sign_count=made.sign_count, name=name
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise PasskeyTaken from error
    codes = [] if await second_factor.has_recovery_codes(session, person.id) else await second_factor.new_recovery_codes(session, person.id)
    await _ends_keys(session, actor, person, row, Change.PASSKEY_ON)
    return Made(codes, await rotate(session, actor.session_id) if actor.session_id else None)


async def remove(session: AsyncSession, actor: Actor, passkey_id: UUID) -> None:
    """Out of force; it may come back by the letter about it. Other sessions and all tokens end. Raises `NotFound`."""
    person = await queries.for_update(session, actor.person_id)
    row = next((one for one in await queries.passkeys_of(session, person.id) if one.id == passkey_id), None)
    if row is None:
        raise NotFound
    row.removed_at = clock.now()
    await session.flush()
    await second_factor.drop_needless_codes(session, person.id)
    await _ends_keys(session, actor, person, row, Change.PASSKEY_OFF)


async def check(session: AsyncSession, answer: str, purpose: Ceremony, bound_to: str, *, person_id: UUID | None = None) -> Person:
    """Whose passkey has signed the challenge: of `person_id` alone, or of whom it names. The person's row is held.

    Raises `ChallengeOver`, `WrongPasskey`, and `PasskeyCloned` when its counter has not gone on; then the owner hears of it.
    """
    challenge = _challenge_of(answer)
    await challenges.take(challenge, purpose, bound_to)
    credential_id, handle = _who(answer)
    found = await queries.passkey_by_credential(session, credential_id)
    if found is None or (person_id or found.person_id) != found.person_id:
        raise WrongPasskey
    if handle != found.person_id.bytes and (handle is not None or person_id is None):
        raise WrongPasskey
    person = await queries.for_update(session, found.person_id)
    passkey = await queries.passkey_by_credential(session, credential_id)
    if passkey is None or person.closed_at is not None or person.unreachable_since is not None:
        raise WrongPasskey
    await _count(session, passkey, _count_told(answer, challenge, passkey))
    return person


async def tell_cloned(session: AsyncSession, passkey_id: UUID) -> None:
    """To the owner: in the list of happenings, and by letter. Nobody is told of a passkey that is gone."""
    passkey = await session.get(Passkey, passkey_id)
    if passkey is None or passkey.removed_at is not None:
        return
    if await on_record.is_within_bounds(Happening.PASSKEY_CLONED, passkey.person_id):
        await happenings.record(session, passkey.person_id, Happening.PASSKEY_CLONED, by_owner=False, passkey=passkey.name)
        await ways_back.warn_of_clone(session, await queries.by_id(session, passkey.person_id), passkey.name)


async def _count(session: AsyncSession, passkey: Passkey, told: int) -> None:
    """The counter must be higher than the last one, whoever comes at the same time; one that is 0 for ever counts nothing."""
    forward = or_(col(Passkey.sign_count) < told, (col(Passkey.sign_count) == 0) & (told == 0))
    counting = update(Passkey).where(col(Passkey.id) == passkey.id, forward).values(sign_count=told, last_used_at=clock.now())
    if await session.scalar(counting.returning(col(Passkey.id))) is None:
        if_undone(session, "passkey", partial(outbox.enqueue, job=CLONED_JOB, passkey_id=str(passkey.id)))
        raise PasskeyCloned


async def _ends_keys(session: AsyncSession, actor: Actor, person: Person, row: Passkey, change: Change) -> None:
    await end_keys(session, person.id, but=actor.session_id)
    await ways_back.open_way_back(session, person, change, passkey_id=row.id)
    what = Happening.PASSKEY_ON if change is Change.PASSKEY_ON else Happening.PASSKEY_OFF
    await happenings.record(session, person.id, what, passkey=row.name)


async def _refuse_unfit(session: AsyncSession, person: Person) -> None:
    if not person.confirmed:
        raise ConfirmFirst
    if len(await queries.passkeys_of(session, person.id)) >= MOST:
        raise TooManyPasskeys


def _refuse_where_impossible() -> None:
    if not challenges.possible():
        raise NoPasskeysHere


def _named(passkey: Passkey) -> Any:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415  as above

    return PublicKeyCredentialDescriptor(id=passkey.credential_id)


def _challenge_of(answer: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json  # noqa: PLC0415  as above

    try:
        return parse_client_data_json(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"])).challenge
    except Exception as error:  # bytes of a stranger: whatever the parsers make of them
        raise WrongPasskey from error


def _who(answer: str) -> tuple[bytes, bytes | None]:
    from webauthn.helpers import parse_authentication_credential_json  # noqa: PLC0415  as above

    try:
        parsed = parse_authentication_credential_json(answer)
    except Exception as error:  # as above
        raise WrongPasskey from error
    return parsed.raw_id, parsed.response.user_handle


def _checked_new(answer: str, challenge: bytes) -> Any:
    from webauthn import verify_registration_response  # noqa: PLC0415  as above

    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=challenges.relying_party(),
            expected_origin=challenges.origin(),
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise WrongPasskey from error


def _count_told(answer: str, challenge: bytes, passkey: Passkey) -> int:
    """The authenticator's counter, from an answer that is right otherwise; what it may be, the row says."""
    from webauthn import verify_authentication_response  # noqa: PLC0415  as above

    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=challenges.relying_party(),
            expected_origin=challenges.origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count
    except Exception as error:  # as above
        raise WrongPasskey from error
