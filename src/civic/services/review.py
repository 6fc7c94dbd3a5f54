"""What an officer decides on: the levy with its computation, and what a citizen changed since it was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import answers as forms
from civic.services import queries, tariffs
from civic.services.catalogue import Service
from civic.services.models import Application, Levy
from civic.services.service.correcting import changed_names
from common.actor import Actor


@dataclass(frozen=True)
class LevyShown:
    """One levy that was set, in words. `exemption`: its name and law, "" for one that is to be paid."""

    id: UUID
    amount: int
    exemption: str
    reason: str
    rows: list[tuple[str, str]]
    mine: bool
    deviates: bool

    @classmethod
    def of(cls, levy: Levy, service: Service, actor: Actor | None) -> "LevyShown":
        name, mine = tariffs.name_of(service.fee.rule, levy.exemption), actor is not None and levy.set_by == actor.person_id
        return cls(levy.id, levy.amount, name, levy.reason, tariffs.rows(levy.computation), mine, levy.deviates)


@dataclass(frozen=True)
class LevyContext:
    """`proposed`: what the rule says now, `rows` how; `holding`: what was set; `waiting`: what a second officer has still to confirm."""

    proposed: int
    proposed_exemption: str
    rows: list[tuple[str, str]]
    holding: LevyShown | None
    waiting: LevyShown | None
    exemptions: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """Something that was open for correction, before and after; of documents the files. `changed`: it is another than it was."""

    name: str
    label: str
    message: str
    before: str
    after: str
    changed: bool
    is_document: bool


async def levy_context(session: AsyncSession, actor: Actor | None, application: Application, service: Service) -> LevyContext | None:
    """None for a service without a levy, and for a form from which none can be computed yet."""
    proposal = tariffs.propose(service, forms.unseal(application.id, application.answers))
    if proposal is None or service.fee.rule is None:
        return None
    holding, waiting = await queries.levy_of(session, application.id), await queries.waiting_levy(session, application.id)
    return LevyContext(
        proposed=proposal.amount,
        proposed_exemption=tariffs.name_of(service.fee.rule, proposal.exemption),
        rows=tariffs.rows(proposal.lines),
        holding=LevyShown.of(holding, service, actor) if holding else None,
        waiting=LevyShown.of(waiting, service, actor) if waiting else None,
        exemptions=[(one.code, tariffs.name_of(service.fee.rule, one.code)) for one in service.fee.rule.exemptions],
    )


async def changes(session: AsyncSession, application: Application, service: Service, *, masked: bool) -> list[Change]:
    """What the last answered correction opened: before and after, the changed ones first. Nothing for a file never corrected."""
    correction = await queries.last_correction(session, application.id)
    if correction is None:
        return []
    changed = await changed_names(session, application, correction)
    asked = {item["target"]: item["message"] for item in correction.items}
    was, now = forms.unseal(application.id, correction.before.get("answers", {})), forms.unseal(application.id, application.answers)
    old = correction.before.get("documents", {})
    new = {name: str(one.file_id) for name, one in (await queries.documents(session, application.id)).items()}
    found = [_answer(one, asked, was, now, changed, masked) for one in service.questions if one.name in correction.opens]
    found += [
        Change(one.name, str(one.label), asked.get(one.name, ""), old.get(one.name, ""), new.get(one.name, ""), one.name in changed, True)
        for one in service.documents
        if one.name in correction.opens
    ]
    return sorted(found, key=lambda change: not change.changed)


def _answer(question: Any, asked: Mapping[str, str], was: forms.Answers, now: forms.Answers, changed: set[str], masked: bool) -> Change:
    name = question.name
    before, after = (forms.shown(question, answers[name], masked=masked) if answers.get(name) else "" for answers in (was, now))
    return Change(name, str(question.label), asked.get(name, ""), before, after, name in changed, False)
