"""Who may do what with an application: pure questions about person and row."""

from civic.services.errors import NoSuchApplication, NotYours
from civic.services.models import APPLICANTS_MOVE, Application, Decision, DecisionState, State
from common.actor import Actor, Role
from common.errors import Forbidden


def is_applicant(actor: Actor, application: Application) -> bool:
    return actor.person_id == application.applicant_id


def is_officer(actor: Actor, application: Application) -> bool:
    """An officer of the application's office; a draft is still the citizen's own."""
    return actor.has(Role.OFFICER, application.office) and application.state != State.DRAFT


def may_see(actor: Actor, application: Application) -> bool:
    return is_applicant(actor, application) or is_officer(actor, application)


def check_may_see(actor: Actor, application: Application) -> None:
    """Raises NoSuchApplication: that it exists is nobody else's business."""
    if not may_see(actor, application):
        raise NoSuchApplication


def check_may_fill(actor: Actor, application: Application) -> None:
    """The applicant, while the next move is the applicant's."""
    if not is_applicant(actor, application):
        raise NoSuchApplication
    if application.state not in APPLICANTS_MOVE or application.state == State.AWAITING_PAYMENT:
        raise NotYours


def check_may_review(actor: Actor, application: Application) -> None:
    """An officer of the office; nobody reviews his own case."""
    if not is_officer(actor, application):
        raise NoSuchApplication
    if is_applicant(actor, application):
        raise Forbidden


def mark_of(application: Application, last: Decision | None) -> str:
    """What a page shows, in a word that its forms carry back: the file's revision, and the decision that waits upon it, if any."""
    waits = last is not None and last.state == DecisionState.PENDING
    return f"{application.revision}+{last.id}" if last is not None and waits else str(application.revision)


def is_as_shown(mark: str, application: Application, last: Decision | None) -> bool:
    """Whether the file still is as the page with `mark` showed it. That the decision which waited then has taken effect is no change."""
    if mark == mark_of(application, last):
        return True
    _revision, _, waited = mark.partition("+")
    came_true = last is not None and last.state == DecisionState.EFFECTIVE and last.revision_after == application.revision
    return last is not None and waited == str(last.id) and came_true
