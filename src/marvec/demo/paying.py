"""Chapter 4: the money. Messages of the provider come twice and out of order; with chaos worker and web die before they are handled."""

from typing import Any

from common.money import rupiah
from marvec.demo import books
from marvec.demo.dealing import check_stock
from marvec.demo.errors import same
from marvec.demo.people import Person
from marvec.demo.scene import Deal, Stage, states_of
from marvec.demo.till import start

LIFE = ["paid", "accepted", "shipped", "completed"]


async def pay_and_deliver(stage: Stage, deal: Deal, operator: Person) -> None:
    report, channel = stage.report, f"order:{deal.order_id}"
    await deal.buyer.line.subscribe(channel)
    with report.step("4", "buyer pays by card; messages twice and out of order") as step:
        stage.till = till = await start(deal.buyer, deal.intent_id)
        await till.misbehave()
        await till.pay()
        stage.chaos.strike("worker", "web")
        await deal.buyer.line.hear(channel, lambda data: data.get("state") == "paid", "the order is paid")
        step.note(await stage.chaos.healed())
    with report.step("4", "what both agreed on is accepted with its payment; seller ships"):
        await deal.buyer.line.hear(channel, lambda data: data.get("state") == "accepted", "the order is accepted")
        await _move(stage, deal.shop.seller, deal, "shipped")
    with report.step("4", "buyer confirms; the money is released by a transfer") as step:
        await _move(stage, deal.buyer, deal, "completed")
        stage.chaos.strike("worker")
        split = await books.until_transferred(operator, deal)
        step.note(f"seller {rupiah(split.seller)}, commission {rupiah(split.commission)}")
        step.note(await stage.chaos.healed())
    with report.step("4", "every move once; the ledger sums to zero") as step:
        step.note(await check_whole(deal, operator))


async def check_whole(deal: Deal, operator: Person) -> str:
    """All of the sale once more: also what came late has changed nothing."""
    order = await deal.buyer.door.get(f"/orders/{deal.order_id}")
    same([move["to"] for move in order["history"] if move["to"] != "placed"], LIFE, "moves of the order")
    same(list(states_of(deal.buyer, f"order:{deal.order_id}")), LIFE, "moves that the buyer heard live")
    payment = await deal.buyer.door.get(f"/payments/{deal.intent_id}")
    same((payment["state"], payment["refunded"]), ("succeeded", 0), "the payment")
    await check_stock(deal.shop, deal.shop.stock - deal.quantity)
    return await books.check(operator, deal)


async def _move(stage: Stage, by: Person, deal: Deal, to: str) -> Any:
    order = await by.door.post(f"/orders/{deal.order_id}/moves", {"to": to})
    same(order["state"], to, "the order's state")
    await deal.buyer.line.hear(f"order:{deal.order_id}", lambda data: data.get("state") == to, f"the buyer hears that the order is {to}")
