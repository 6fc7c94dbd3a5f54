"""The office's desk of what it has issued: found by code or in a list, suspended, resumed, revoked for a reason, after a second look."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.credentials import queries, service
from common.credentials.errors import NoSuchCredential
from common.credentials.models import STATE_NAMES, Credential, CredentialState
from common.credentials.policy import mark_of, speaks_for
from common.errors import ReasonMissing
from common.i18n import N_
from common.i18n import gettext as _
from common.identity import queries as identity
from common.states import history_of
from common.web import Form, page, reshow, see_other
from common.web.paging import Cursor, page_of
from common.web.templating import Page

Web = Request[Any, Any, Any]
OFFICER = [guards.role(Role.OFFICER, Role.ADMIN)]
ROWS = 40
TONES = {CredentialState.ACTIVE: "good", CredentialState.SUSPENDED: "warn", CredentialState.REVOKED: "bad"}
DEEDS = {
    "bekukan": (CredentialState.SUSPENDED, service.suspend, N_("Bekukan dokumen"), N_("Dokumen tidak berlaku sampai dipulihkan.")),
    "pulihkan": (CredentialState.ACTIVE, service.resume, N_("Pulihkan dokumen"), N_("Dokumen berlaku lagi.")),
    "cabut": (
        CredentialState.REVOKED,
        service.revoke,
        N_("Cabut dokumen"),
        N_("Dokumen tidak berlaku untuk selamanya. Ini tidak bisa dibatalkan."),
    ),
}
"""Address -> the state it leads to, the verb, its button, and what it means."""


@get("/meja/dokumen", guards=OFFICER)
async def list_credentials(
    session: AsyncSession,
    actor: Actor,
    wanted: Annotated[CredentialState | None, QueryParameter(name="keadaan")] = None,
    code: Annotated[str, QueryParameter(name="kode", max_length=60)] = "",
    cursor: Cursor = None,
) -> Page | Redirect:
    """The newest first, by state; a code that the office has issued leads to its page."""
    found = await _by_code(session, actor, code) if code.strip() else None
    if found is not None:
        return see_other(f"/meja/dokumen/{found.id}")
    rows = await queries.of_offices(session, actor.offices(Role.OFFICER), wanted, cursor, ROWS)
    shown = page_of(rows, ROWS, queries.DESK, lambda row: (row.id,), lambda row: row)
    names = [
        ("", "/meja/dokumen", _("Semua")),
        *((one.value, f"/meja/dokumen?keadaan={one}", _(STATE_NAMES[one])) for one in CredentialState),
    ]
    return page(
        "credentials/desk.html", rows=shown.items, next=shown.next, tabs=names, tab=wanted or "", code=code, names=STATE_NAMES, tones=TONES
    )


@get("/meja/dokumen/{credential_id:uuid}", guards=OFFICER)
async def show_credential(session: AsyncSession, actor: Actor, credential_id: UUID) -> Page:
    """What it says, what became of it, and what the office may do now."""
    return page("credentials/file.html", **await _shown(session, actor, await queries.seen_by(session, actor, credential_id)))


@post("/meja/dokumen/{credential_id:uuid}/{deed:str}", guards=OFFICER)
async def act(session: AsyncSession, request: Web, actor: Actor, credential_id: UUID, deed: str) -> Redirect | Page:
    """Upon the credential as it was shown; with its reason, and confirmed."""
    if deed not in DEEDS:
        raise NoSuchCredential
    context = await _shown(session, actor, await queries.seen_by(session, actor, credential_id))
    async with reshow(request, "credentials/file.html", **context) as form:
        reason, mark = _said(form)
        if not form.value("confirmed"):
            await service.check_may_decide(session, actor, credential_id, mark)
            return page("credentials/confirm.html", deed=deed, what=DEEDS[deed], reason=reason, **{**context, "mark": mark})
        await DEEDS[deed][1](session, actor, credential_id, reason, mark)
    return see_other(f"/meja/dokumen/{credential_id}", _("Sudah dicatat. Pemegangnya kami kabari."))


def _said(form: Form) -> tuple[str, str]:
    reason = str(form.value("reason"))[:500]
    if len(reason) < service.SHORTEST_REASON:
        raise ReasonMissing
    return reason, str(form.value("mark"))


async def _by_code(session: AsyncSession, actor: Actor, code: str) -> Credential | None:
    try:
        found = await queries.by_code(session, code)
    except NoSuchCredential:
        return None
    return found if speaks_for(actor, found) else None


async def _shown(session: AsyncSession, actor: Actor, credential: Credential) -> dict[str, Any]:
    history = await history_of(session, credential.id)
    people = await queries.people_behind(session, credential.holder_id)
    names = await identity.names_of(session, {*people, *(row.moved_by for row in history if row.moved_by)})
    steps = [
        {"label": _(STATE_NAMES[CredentialState(row.to_state)]), "at": row.moved_at, "note": row.moved_because, "done": True,
         "current": row is history[-1]}
        for row in history
    ]  # fmt: skip
    own = actor.person_id in people
    return {
        "credential": credential,
        "holders": [names[one] for one in people if one in names],
        "own": own,
        "mark": mark_of(credential),
        "deeds": [(name, deed) for name, deed in DEEDS.items() if credential.may_move_to(deed[0]) and not own],
        "names": STATE_NAMES,
        "tones": TONES,
        "timeline": steps,
    }


HANDLERS = [list_credentials, show_credential, act]
