"""What can go wrong at the operator's desk."""

from common.errors import Conflict
from common.i18n import N_


class NotDead(Conflict):
    code = "not_dead"
    message = N_("Pekerjaan ini tidak berhenti, jadi tidak perlu dicoba lagi.")
