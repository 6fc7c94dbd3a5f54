"""Chapter 3: they talk over their sockets, the seller makes an offer, the buyer accepts; with chaos web dies in mid-sentence."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from marvec.demo.errors import check, same
from marvec.demo.people import Person
from marvec.demo.scene import BUYERS_KELURAHAN, Deal, Shop, Stage

QUANTITY, UNIT_PRICE = 20, 12_000
TALK = 12  # messages from each side
ACCEPTANCE = {"address": "Jl. Contoh 12, Mannuruki", "kelurahan_code": BUYERS_KELURAHAN}


async def deal(stage: Stage, shop: Shop, buyer: Person, conversation_id: str) -> Deal:
    report = stage.report
    with report.step("3", "they chat over their sockets") as step:
        step.note(await _talk(stage, shop.seller, buyer, conversation_id))
    with report.step("3", "seller makes an offer; its card appears in the chat"):
        offer = await _offer(shop, buyer, conversation_id)
    with report.step("3", "buyer accepts: stock, price, order, payment in one commit") as step:
        accepted = await _accept(buyer, offer["id"])
        await _check_free(shop, shop.stock - QUANTITY)
        step.note(f"{accepted['reference']}, {shop.stock - QUANTITY} of {shop.stock} still free")
    return Deal(shop, buyer, conversation_id, accepted["order_id"], accepted["intent_id"], accepted["total"], QUANTITY)


async def check_stock(shop: Shop, free: int) -> None:
    await _check_free(shop, free)


async def _talk(stage: Stage, seller: Person, buyer: Person, conversation_id: str) -> str:
    channel, chaos = f"chat:{conversation_id}", stage.chaos
    await asyncio.gather(seller.line.subscribe(channel), buyer.line.subscribe(channel))
    said = [*_lines(buyer, "Bu, songkolonya masih ada? "), *_lines(seller, "Masih, mauki berapa? ")]
    sending = [asyncio.create_task(_say(person, conversation_id, name, text)) for person, name, text in said]
    await next(asyncio.as_completed(sending))
    chaos.strike("worker", "web")
    await asyncio.gather(*sending)
    await asyncio.gather(*(_hear(person, channel, name) for person in (seller, buyer) for _, name, _ in said))
    await _check_once(seller, buyer, channel, [name for _, name, _ in said])
    healed = await chaos.healed()
    return f"{len(said)} messages, each heard once by both" + (f"; {healed}" if healed else "")


def _lines(person: Person, text: str) -> list[tuple[Person, str, str]]:
    return [(person, uuid4().hex, f"{text}({number})") for number in range(1, TALK + 1)]


async def _say(person: Person, conversation_id: str, name: str, text: str) -> None:
    await person.line.rpc("chat.send", {"conversation": conversation_id, "client_id": name, "text": text})


async def _hear(person: Person, channel: str, name: str) -> None:
    await person.line.hear(channel, lambda data: data.get("client_id") == name, f"{person.name} hears every message")


async def _check_once(seller: Person, buyer: Person, channel: str, names: list[str]) -> None:
    """Both heard the same in the same order, and the server keeps the same: nothing lost, nothing doubled, no gap."""
    kept = await buyer.door.get(f"/conversations/{channel.partition(':')[2]}/messages")
    same(sorted(one["client_id"] for one in kept), sorted(names), "messages that are kept")
    same([one["seq"] for one in kept], list(range(1, len(names) + 1)), "their numbers")
    for person in (seller, buyer):
        heard = [one.data["client_id"] for one in person.line.heard(channel) if one.data.get("type") == "message"]
        same(heard, [one["client_id"] for one in kept], f"messages that {person.name} heard")


async def _offer(shop: Shop, buyer: Person, conversation_id: str) -> Any:
    needed = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    terms = {"listing_id": shop.listing_id, "quantity": QUANTITY, "unit_price": UNIT_PRICE, "handover": "courier", "needed_at": needed}
    offer = await shop.seller.door.post(f"/conversations/{conversation_id}/offers", terms)
    same(offer["total"], QUANTITY * UNIT_PRICE, "the offer's total")
    await buyer.line.hear(f"chat:{conversation_id}", lambda data: bool(data.get("card")), "the offer's card is heard in the chat")
    return offer


async def _accept(buyer: Person, offer_id: str) -> Any:
    """Pressed twice with one key: the same order."""
    key = uuid4().hex
    accepted = await buyer.door.post(f"/offers/{offer_id}/acceptance", ACCEPTANCE, key=key)
    same(await buyer.door.post(f"/offers/{offer_id}/acceptance", ACCEPTANCE, key=key), accepted, "accepting twice")
    order = await buyer.door.get(f"/orders/{accepted['order_id']}")
    same((order["state"], order["total"]), ("placed", QUANTITY * UNIT_PRICE), "the order")
    payment = await buyer.door.get(f"/payments/{accepted['intent_id']}")
    check(payment["amount"] == accepted["total"], "the payment is for another amount than the order")
    return accepted


async def _check_free(shop: Shop, free: int) -> None:
    listing = await shop.seller.door.get(f"/listings/{shop.listing_id}")
    same(listing["stock"], free, "free stock of the listing")
