"""Whether a thing may be shown: nothing that nobody may sell, nothing under another good's name, nothing without its credential."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from common.i18n import gettext as _
from marvec.listings import naming, permits, prohibited, queries
from marvec.listings.errors import CredentialNeeded, GoodUnclear, MaybeProhibited, NotShown, Prohibited
from marvec.listings.models import Listing


async def obstacle(session: AsyncSession, listing: Listing) -> NotShown | None:
    """What keeps the listing from being shown now, None when nothing does."""
    if (found := obstacle_in_words(listing)) is not None:
        return found
    if not await queries.has_needed_credential(session, listing):
        kind = listing.needs_credential or ""
        return CredentialNeeded(kind=permits.name_of(kind), help=permits.page_of(kind))
    return None


def obstacle_in_words(listing: Listing) -> NotShown | None:
    """What its words say against it, unless an operator has cleared these very words."""
    if listing.cleared == fingerprint(listing):
        return None
    if (found := prohibited.found_in(listing.title, listing.description)) is not None:
        return _prohibition(found)
    named = naming.named_in(listing.title)
    if named is not None and named.credential is not None and named.credential != listing.needs_credential:
        return GoodUnclear(word=named.word, kind=permits.name_of(named.credential))
    return None


def check_listing(listing: Listing) -> None:
    """Raises Prohibited, GoodUnclear."""
    if (found := obstacle_in_words(listing)) is not None:
        raise found


def check_words(*texts: str) -> None:
    """For whatever else people offer or ask for: requests, offers, imports. Raises Prohibited for a certain spelling only, as nobody can
    clear these words."""
    for text in texts:
        found = prohibited.found_in(text)
        if found is not None and found.certain:
            raise _prohibition(found)


def fingerprint(listing: Listing) -> str:
    """Of the words that an operator judges."""
    words = "\n".join((listing.title, listing.description, listing.category, listing.good or ""))
    return hashlib.sha256(words.encode()).hexdigest()


def _prohibition(found: prohibited.Finding) -> Prohibited:
    error = Prohibited if found.certain else MaybeProhibited
    return error(word=found.name, law=_(found.law))
