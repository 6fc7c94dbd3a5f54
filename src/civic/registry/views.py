"""What the page shows of two births: answer beside answer, the differing ones marked, and the papers of both."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.registry import service
from civic.registry.errors import NothingAlike
from civic.registry.likeness import REASONS
from civic.services import answers as forms
from civic.services import catalogue
from civic.services import queries as applications
from civic.services.answers import Answers
from civic.services.errors import NoSuchApplication
from civic.services.models import Application
from civic.services.policy import is_officer
from common.actor import Actor
from common.i18n import gettext as _

KIND = "akta-kelahiran"


@dataclass(frozen=True)
class Row:
    """One answer of both, or one document as the id of its file; `differs`: they are not the same."""

    label: str
    mine: str
    theirs: str
    differs: bool


async def office_file(session: AsyncSession, actor: Actor, application_id: UUID) -> tuple[Application, Answers]:
    """An application for a birth certificate that lies with an office of the officer's, and its answers."""
    application = await applications.visible(session, actor, application_id)
    if not is_officer(actor, application) or application.service != KIND:
        raise NoSuchApplication
    return application, forms.unseal(application.id, application.answers)


async def comparison(session: AsyncSession, actor: Actor, application_id: UUID, birth_id: UUID) -> dict[str, Any]:
    """Both side by side. Who opens this has read both files, and that is on record."""
    application, answers = await office_file(session, actor, application_id)
    found = await service.one_alike(session, application, answers, birth_id)
    try:
        other = await applications.visible(session, actor, found.entry.application_id)
    except NoSuchApplication:
        raise NothingAlike from None
    return {
        "application": application,
        "other": other,
        "found": found,
        "why": _(REASONS[found.why]),
        "rows": _answers(application, answers, found.facts),
        "papers": await _papers(session, application, other),
    }


def _answers(application: Application, mine: Answers, theirs: Answers) -> list[Row]:
    current = catalogue.of_case(application.service, application.version, application.office)
    rows = []
    for one in current.questions:
        if mine.get(one.name) or theirs.get(one.name):
            shown = [forms.shown(one, answers.get(one.name, ""), masked=False) for answers in (mine, theirs)]
            rows.append(Row(str(one.label), shown[0], shown[1], shown[0] != shown[1]))
    return rows


async def _papers(session: AsyncSession, application: Application, other: Application) -> list[Row]:
    current = catalogue.of_case(application.service, application.version, application.office)
    both = [
        {name: str(one.file_id) for name, one in (await applications.documents(session, file.id)).items()} for file in (application, other)
    ]
    wanted = [one for one in current.documents if any(one.name in papers for papers in both)]
    return [Row(str(one.label), both[0].get(one.name, ""), both[1].get(one.name, ""), differs=False) for one in wanted]
