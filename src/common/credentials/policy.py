"""Who may speak for an office's credentials."""

from common.actor import Actor, Role
from common.credentials.models import Credential
from common.errors import Forbidden


def check_speaks_for(actor: Actor, credential: Credential) -> None:
    """Only an officer of the office that issued it, or an admin. Raises Forbidden."""
    if not (actor.has(Role.OFFICER, credential.office) or actor.has(Role.ADMIN)):
        raise Forbidden
