"""Who may do what in a talk: participants, and nobody else."""

from collections.abc import Collection
from uuid import UUID

from marvec.chat.errors import NoConversation


def check_takes_part(people: Collection[UUID], person_id: UUID) -> None:
    """Raises NoConversation for a stranger, who must not even learn that it exists."""
    if person_id not in people:
        raise NoConversation
