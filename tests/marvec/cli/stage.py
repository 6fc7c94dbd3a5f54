"""People, goods, a talk and some money in a running city: `python -m tests.marvec.cli.stage` prints what a crowd needs to know."""

import asyncio
import json

from common import db
from common.actor import Role
from common.db import unit_of_work
from common.identity import service as people
from common.identity.schemas import GiveNik
from marvec import site
from marvec.chat import service as chat
from tests.common.identity import make as identity
from tests.common.payments import make as money
from tests.marvec import make


async def lay() -> dict[str, str]:
    async with unit_of_work() as session:
        keeper, guest = await identity.person(session, "Penjual"), await identity.person(session, "Pembeli")
        seller, buyer = identity.actor_of(keeper), identity.actor_of(guest)
        await people.give_nik(session, seller, GiveNik(nik="7371014508900003"))
        await identity.holder(session, Role.OPERATOR)  # on record in the audit trail
        await money.held(session, (100_000, 3_000))
        sells = await identity.bearer(session, keeper, "listings:write")
        buys = await identity.bearer(session, guest, "orders:write", "chat:write")
    item = await make.goods(seller, stock=100_000)
    async with unit_of_work() as session:
        conversation = await chat.ask_seller(session, buyer, item.id)
        return {
            "sells": sells["Authorization"], "buys": buys["Authorization"], "listing": str(item.id), "price": str(item.price),
            "conversation": str(conversation.id),
        }  # fmt: skip


async def main() -> None:
    site.load_models()
    site.load_jobs()
    await db.open_database()
    print(json.dumps(await lay()))
    await db.close_database()


if __name__ == "__main__":
    asyncio.run(main())
