"""Who may see a thing on offer. Who may change it is the shop's question (`storefronts.policy.may_manage`)."""

from typing import TYPE_CHECKING

from common.actor import Actor, Role

if TYPE_CHECKING:
    from marvec.listings.models import Listing


def may_see(actor: Actor | None, listing: "Listing", *, visible: bool) -> bool:
    """Anybody what is visible; its seller and operators in any state."""
    return visible or (actor is not None and (listing.seller_id == actor.person_id or actor.has(Role.OPERATOR)))
