"""Chapter 2: a buyer asks for what is needed; the seller hears of it live, through the open socket."""

import time
from typing import Any

from common.money import rupiah
from marvec.demo.errors import check, same
from marvec.demo.line import Heard, Line
from marvec.demo.people import Person, sign_up
from marvec.demo.scene import BUYERS_KELURAHAN, Shop, Stage
from marvec.demo.waiting import until

WISH = "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp 400.000"


async def ask_for_songkolo(stage: Stage, shop: Shop) -> tuple[Person, str]:
    """-> the buyer, and the conversation that the seller opens."""
    report = stage.report
    with report.step("2", "buyer signs up and confirms the address"):
        buyer = stage.came(await sign_up(stage.url, "Andi Tenri", stage.letters))
    with report.step("2", "buyer posts the request; the seller is told live") as step:
        request, told = await _post_and_hear(buyer, shop.seller)
        step.note(f"understood: {request['quantity']} {request['unit']}, at most {rupiah(request['budget'])}")
        step.note(f"told {told * 1000:.0f} ms after the request was sent")
    with report.step("2", "seller opens a conversation from the match") as step:
        match = await until(lambda: _match_of(shop.seller, request["id"]), "the match is listed")
        step.note(match["reason"])
        opened = await shop.seller.door.post(f"/matches/{match['id']}/conversation")
    return buyer, opened["conversation_id"]


async def _post_and_hear(buyer: Person, seller: Person) -> tuple[Any, float]:
    sent = time.monotonic()
    request = await buyer.door.post("/requests", {"what": WISH, "kelurahan_code": BUYERS_KELURAHAN, "radius_km": 5})
    same((request["quantity"], request["budget"]), (20, 400_000), "what the request was understood as")
    check(request["needed_at"] is not None, "'besok' was not understood")
    told = await hear_of(seller.line, seller.inbox, request["id"])
    check("songkolo" in told.data["text"].lower(), f"the seller was told something else: {told.data['text']}")
    return request, told.at - sent


async def hear_of(line: Line, inbox: str, request_id: str) -> Heard:
    """The notice of this very request: others may ask for songkolo at the same time, or have asked before."""
    return await line.hear(inbox, lambda data: str(data.get("link", "")).endswith(f"#p-{request_id}"), "the seller hears of the request")


async def _match_of(seller: Person, request_id: str) -> Any:
    found = (await seller.door.get("/matches"))["items"]
    return next((match for match in found if match["request_id"] == request_id), None)
