"""The demonstration's second step hears its own request and no other."""

import time
from uuid import UUID, uuid4

from common.db import hot, unit_of_work
from marvec.demo.asking import hear_of
from marvec.demo.line import Channel, Heard, Line
from marvec.matching import service
from marvec.matching.schemas import PostRequest
from tests.marvec import make
from tests.marvec.make import RunJobs

INBOX = "person:7"


async def nobody() -> str:
    return ""


def line_with(*notices: tuple[str, float]) -> Line:
    """A socket that heard these notices (link, when) in this order."""
    line = Line("http://127.0.0.1:1", nobody)
    heard = [
        Heard(at, {"kind": "match.request", "text": "Ada yang mencari songkolo.", "link": link}, when)
        for at, (link, when) in enumerate(notices, 1)
    ]
    line._channels[INBOX] = Channel(INBOX, heard=heard)
    return line


async def test_a_notice_of_somebody_else_s_request_is_not_taken_for_one_s_own() -> None:
    other, own, sent = uuid4(), uuid4(), time.monotonic()
    line = line_with((f"/toko-saya/peluang#p-{other}", sent - 0.24), (f"/toko-saya/peluang#p-{own}", sent + 0.1))
    told = await hear_of(line, INBOX, str(own))
    assert (told.data["link"], told.at) == (f"/toko-saya/peluang#p-{own}", sent + 0.1)


async def test_the_notice_names_its_request_in_its_link(database: None, run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    await make.goods(seller)
    await run_jobs()
    requests: list[UUID] = []
    for buyer in ("Satu", "Dua"):
        async with unit_of_work() as session:
            asked = PostRequest(what="songkolo", kelurahan_code=make.KELURAHAN)
            requests.append((await service.post_request(session, await make.member(buyer), asked)).id)
    await run_jobs()
    async with hot() as connection:
        rows = await connection.fetch("SELECT link FROM notification WHERE person_id = $1", seller.person_id)
    assert {row["link"] for row in rows} == {f"/toko-saya/peluang#p-{request_id}" for request_id in requests}
