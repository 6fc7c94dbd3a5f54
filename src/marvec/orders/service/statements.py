"""What the two say in a dispute, with pictures: files that only they and operators see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor, Role
from common.files import purposes
from common.files import service as files
from common.files.models import StoredFile
from common.files.schemas import Upload
from marvec.orders import queries
from marvec.orders.machine import Party
from marvec.orders.models import DisputePicture, DisputeStatement, OrderDispute

PURPOSE = "dispute"


async def say(session: AsyncSession, dispute: OrderDispute, author_id: UUID, side: Party, words: str) -> DisputeStatement:
    statement = DisputeStatement(dispute_id=dispute.id, author_id=author_id, side=side, words=words.strip())
    session.add(statement)
    await session.flush()
    return statement


async def show_pictures(session: AsyncSession, actor: Actor, statement: DisputeStatement, uploads: Sequence[Upload]) -> None:
    """Raises what `files.take` raises."""
    for place, upload in enumerate(uploads):
        file = await files.take(session, actor, upload, PURPOSE)
        session.add(DisputePicture(file_id=file.id, statement_id=statement.id, place=place))
    await session.flush()


async def _may_read(session: AsyncSession, visitor: Actor, file: StoredFile) -> bool:
    """The two of the order, and operators."""
    order = await queries.order_of_picture(session, file.id)
    return order is not None and (visitor.has(Role.OPERATOR) or visitor.person_id in (order.buyer_id, order.seller_id))


purposes.register(purposes.Purpose(PURPOSE, may_read=_may_read))
