"""Pictures of a thing: files of purpose `listing-picture`, public, at most eight, in the seller's order."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.actor import Actor
from common.files import purposes
from common.files import service as files
from common.files.schemas import Upload
from marvec.listings import queries
from marvec.listings.errors import ListingChanged, NoSuchPicture, TooManyPictures
from marvec.listings.models import MOST_PICTURES, ListingPicture
from marvec.listings.service.describing import managed

PURPOSE = "listing-picture"
purposes.register(purposes.Purpose(PURPOSE, public=True))


async def upload_picture(session: AsyncSession, actor: Actor, listing_id: UUID, upload: Upload) -> None:
    """Take an upload and hang it at the end. Raises TooManyPictures and what `files.take` raises."""
    await _has_room(session, actor, listing_id)
    file = await files.take(session, actor, upload, PURPOSE)
    await add_picture(session, actor, listing_id, file.id)


async def add_picture(session: AsyncSession, actor: Actor, listing_id: UUID, file_id: UUID) -> None:
    """Hang a kept file at the end. Raises TooManyPictures."""
    place = await _has_room(session, actor, listing_id)
    session.add(ListingPicture(file_id=file_id, listing_id=listing_id, place=place))
    await session.flush()


async def remove_picture(session: AsyncSession, actor: Actor, listing_id: UUID, file_id: UUID) -> None:
    """Take one down, for good; those behind it move up. Raises NoSuchPicture."""
    await managed(session, actor, listing_id)
    hanging = await queries.pictures_of(session, listing_id)
    if file_id not in hanging:
        raise NoSuchPicture
    await session.execute(delete(ListingPicture).where(col(ListingPicture.file_id) == file_id))
    await _hang(session, [other for other in hanging if other != file_id])
    await files.drop(session, [file_id])


async def reorder_pictures(session: AsyncSession, actor: Actor, listing_id: UUID, file_ids: list[UUID]) -> None:
    """Raises ListingChanged unless `file_ids` are exactly the pictures that hang there."""
    await managed(session, actor, listing_id)
    if sorted(file_ids) != sorted(await queries.pictures_of(session, listing_id)):
        raise ListingChanged
    await _hang(session, file_ids)


async def shift_picture(session: AsyncSession, actor: Actor, listing_id: UUID, file_id: UUID, by: int) -> None:
    """One place towards the front (-1) or the end (1); at the end of the row it stays. Raises NoSuchPicture."""
    await managed(session, actor, listing_id)
    hanging = await queries.pictures_of(session, listing_id)
    if file_id not in hanging:
        raise NoSuchPicture
    here = hanging.index(file_id)
    there = min(max(here + by, 0), len(hanging) - 1)
    hanging.insert(there, hanging.pop(here))
    await _hang(session, hanging)


async def _has_room(session: AsyncSession, actor: Actor, listing_id: UUID) -> int:
    """How many hang there already, fewer than may."""
    await managed(session, actor, listing_id)
    hanging = await queries.pictures_of(session, listing_id)
    if len(hanging) >= MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)
    return len(hanging)


async def _hang(session: AsyncSession, file_ids: list[UUID]) -> None:
    """The order's constraint is deferred to the commit, so pictures may pass each other on the way."""
    for place, file_id in enumerate(file_ids):
        await session.execute(update(ListingPicture).where(col(ListingPicture.file_id) == file_id).values(place=place))
