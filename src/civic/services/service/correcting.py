"""A correction: what it opens, what was there before, and which steps are to be done again after it.

It opens what was asked, and what an asked answer newly calls for and nobody has given yet (a marriage book, once the parents are married).
All else is closed, to the form as to the API, and the database has the last word (`answers_change_where_asked`, `documents_...`).
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import answers as forms
from civic.services import queries, tariffs
from civic.services.catalogue import Document, Question, Service
from civic.services.errors import NotAsked
from civic.services.models import Application, Correction, Levy, State, StepReopened
from civic.services.service import levies
from common import clock
from common.actor import Actor
from common.audit import service as audit


async def opening(
    session: AsyncSession, actor: Actor, application: Application, service: Service, asked: list[dict[str, Any]]
) -> Correction:
    """The correction to be kept: with all that it opens, and how that stands now."""
    answers = forms.unseal(application.id, application.answers)
    documents = {name: str(one.file_id) for name, one in (await queries.documents(session, application.id)).items()}
    opens = _opens(service, [item["target"] for item in asked], {name for name, value in answers.items() if value} | set(documents))
    files = {name: file for name, file in documents.items() if name in opens}
    kept = forms.seal(application.id, {name: answers[name] for name in opens if name in answers})
    kept |= {name: sealed for name, sealed in application.answers.items() if name in opens}
    before = {"answers": kept, "documents": files, "files": sorted(files.values())}
    return Correction(application_id=application.id, asked_by=actor.person_id, items=asked, opens=opens, before=before)


async def check_asked(session: AsyncSession, application: Application, names: Collection[str]) -> None:
    """Raises NotAsked with those names that the open correction does not open; a draft is open throughout."""
    if application.state != State.CORRECTION or not names:
        return
    correction = await queries.open_correction(session, application.id)
    if closed := set(names) - set(correction.opens if correction else ()):
        raise NotAsked(closed)


async def answer(session: AsyncSession, application: Application, service: Service, correction: Correction) -> None:
    """The correction is answered: steps that had looked at what changed are to be done again, and a levy computed from it is set anew."""
    changed = await changed_names(session, application, correction)
    _put_back(application, correction, changed)
    await session.flush()
    correction.answered_at = clock.now()
    await session.flush()
    await _reopen_steps(session, application, service, changed)
    await _reconsider_levy(session, application, service)


async def changed_names(session: AsyncSession, application: Application, correction: Correction) -> set[str]:
    """The questions and documents that are not as they were when the correction was asked for."""
    now, was = forms.unseal(application.id, application.answers), forms.unseal(application.id, correction.before.get("answers", {}))
    documents = {name: str(one.file_id) for name, one in (await queries.documents(session, application.id)).items()}
    old = correction.before.get("documents", {})
    changed = {name for name in correction.opens if now.get(name, "") != was.get(name, "")}
    return changed | {name for name in correction.opens if documents.get(name) != old.get(name)}


def _put_back(application: Application, correction: Correction, changed: set[str]) -> None:
    """An answer that is again what it was lies again as it lay: the marks of the steps know it by its seal."""
    was, now = correction.before.get("answers", {}), dict(application.answers)
    for name in set(correction.opens) - changed:
        if name in was and name in now:
            now[name] = was[name]
        elif name in now and not was.get(name):
            del now[name]
    if now != application.answers:
        application.answers = now


def _opens(service: Service, asked: Iterable[str], given: set[str]) -> list[str]:
    """What was asked, and what hangs on an answer that is open and is not given yet, and so on."""
    opens, parts = set(asked), list[Question | Document]([*service.questions, *service.documents])
    conditional = [(one.name, one.when.field) for one in parts if one.when]
    while more := {name for name, field in conditional if field in opens and name not in given} - opens:
        opens |= more
    return sorted(opens)


async def _reopen_steps(session: AsyncSession, application: Application, service: Service, changed: set[str]) -> None:
    """From the first step on that had looked at something that changed. What was done stays on record."""
    done = await queries.steps(session, application.id)
    looked = {step.number: changed if step.looks_at is None else changed & set(step.looks_at) for step in done}
    first = next((step.number for step in done if looked[step.number]), None)
    if first is None:
        return
    for step in done[first - 1 :]:
        kept = step.model_dump(include={"application_id", "number", "code", "done_by", "done_at", "note"})
        session.add(StepReopened(**kept, changed=sorted(looked[step.number])))
        await session.delete(step)
    application.steps_done = first - 1
    await session.flush()
    await audit.record(
        session, None, "application.steps_reopened", subject_kind="application", subject_id=application.id, first=first, steps=len(done)
    )


async def _reconsider_levy(session: AsyncSession, application: Application, service: Service) -> None:
    """A levy stands while the rule proposes what it proposed when the levy was set."""
    known = [one for one in (await queries.levy_of(session, application.id), await queries.waiting_levy(session, application.id)) if one]
    if known and any(_is_stale(levy, service, application) for levy in known):
        await levies.drop_levy(session, application)


def _is_stale(levy: Levy, service: Service, application: Application) -> bool:
    proposal = tariffs.propose(service, forms.unseal(application.id, application.answers))
    return proposal is None or proposal.lines != levy.computation
