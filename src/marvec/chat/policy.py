"""Who may do what in a talk: participants, and nobody else."""

from collections.abc import Collection
from uuid import UUID

from marvec.chat.errors import BadMessage, NoConversation
from marvec.chat.schemas import CLIENT_ID_MOST, TEXT_MOST, Draft


def check_takes_part(people: Collection[UUID], person_id: UUID) -> None:
    """Raises NoConversation for a stranger, who must not even learn that it exists."""
    if person_id not in people:
        raise NoConversation


def fault_of(draft: Draft) -> BadMessage | None:
    """What is wrong with a message by itself, before anything is asked of the database."""
    empty = not draft.text.strip() and draft.card is None
    is_fine = len(draft.text) <= TEXT_MOST and 0 < len(draft.client_id) <= CLIENT_ID_MOST
    return None if is_fine and not empty and "\0" not in draft.text + draft.client_id else BadMessage()
