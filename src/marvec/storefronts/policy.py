"""Who may do what with a shop."""

from typing import TYPE_CHECKING

from common.actor import Actor, Role

if TYPE_CHECKING:
    from marvec.storefronts.models import Storefront


def may_manage(actor: Actor, storefront: "Storefront") -> bool:
    """Edit, pause, fill with goods: its owner alone."""
    return storefront.owner_id == actor.person_id


def may_suspend(actor: Actor) -> bool:
    return actor.has(Role.OPERATOR)


def may_see(actor: Actor | None, storefront: "Storefront") -> bool:
    """A suspended shop is shown to its owner and to operators only."""
    return storefront.state != "suspended" or (actor is not None and (may_manage(actor, storefront) or may_suspend(actor)))
