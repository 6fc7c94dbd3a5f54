"""Who decides, and what may be decided about which thing."""

from common.actor import Actor, Role
from marvec.moderation.models import Case, CaseState, Kind


def may_moderate(actor: Actor) -> bool:
    return actor.has(Role.OPERATOR)


def decisions_for(case: Case) -> list[CaseState]:
    """What an operator may decide now: the table's moves that fit the thing. A message cannot be unsaid, a shop must be there."""
    fits = {CaseState.HIDDEN: case.kind is Kind.LISTING, CaseState.SUSPENDED: case.storefront_id is not None}
    return [state for state in CaseState if case.may_move_to(state) and fits.get(state, True)]
