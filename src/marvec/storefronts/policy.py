"""Who may do what with a shop."""

from typing import TYPE_CHECKING

from common.actor import Actor, Role
from marvec.storefronts.errors import NotConfirmedYet

if TYPE_CHECKING:
    from marvec.storefronts.models import Storefront

SELLS_FROM = 1
"""The level of assurance: a confirmed phone or e-mail address. How much it sells a month is `marvec.selling`'s."""


def must_be_confirmed(actor: Actor) -> None:
    """Before a shop is opened or a thing is shown. The triggers of migration 0017 say it again. Raises NotConfirmedYet."""
    if actor.assurance < SELLS_FROM:
        raise NotConfirmedYet


def may_manage(actor: Actor, storefront: "Storefront") -> bool:
    """Edit, pause, fill with goods: its owner alone."""
    return storefront.owner_id == actor.person_id


def may_suspend(actor: Actor) -> bool:
    return actor.has(Role.OPERATOR)


def may_see(actor: Actor | None, storefront: "Storefront") -> bool:
    """A suspended shop is shown to its owner and to operators only."""
    return storefront.state != "suspended" or (actor is not None and (may_manage(actor, storefront) or may_suspend(actor)))
