"""Who may speak for an office's credentials."""

from collections.abc import Collection
from uuid import UUID

from common.actor import Actor, Role
from common.credentials.errors import OwnCredential
from common.credentials.models import Credential
from common.errors import Forbidden


def speaks_for(actor: Actor, credential: Credential) -> bool:
    """Only an officer of the office that issued it, or an admin."""
    return actor.has(Role.OFFICER, credential.office) or actor.has(Role.ADMIN)


def check_may_decide(actor: Actor, credential: Credential, people: Collection[UUID]) -> None:
    """Nobody decides upon what is said of oneself or of one's own business (`people`). Raises Forbidden, OwnCredential."""
    if not speaks_for(actor, credential):
        raise Forbidden
    if actor.person_id in people:
        raise OwnCredential


def mark_of(credential: Credential) -> str:
    """What a page shows, in a word that its forms carry back: the moment of the last move."""
    return credential.moved_at.isoformat()
