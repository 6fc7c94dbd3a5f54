"""Who may do what with an application: pure questions about person and row."""

from civic.services.errors import NoSuchApplication, NotYours
from civic.services.models import APPLICANTS_MOVE, Application, State
from common.actor import Actor, Role
from common.errors import Forbidden


def is_applicant(actor: Actor, application: Application) -> bool:
    return actor.person_id == application.applicant_id


def is_officer(actor: Actor, application: Application) -> bool:
    """An officer of the application's office; a draft is still the citizen's own."""
    return actor.has(Role.OFFICER, application.office) and application.state != State.DRAFT


def check_may_see(actor: Actor, application: Application) -> None:
    """Raises NoSuchApplication: that it exists is nobody else's business."""
    if not (is_applicant(actor, application) or is_officer(actor, application)):
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
